"""Pages for everybody: home, site map, legal pages, the health probe, and what errors show."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation import clock
from territories.areas import FRANCE
from territories.figures.pages import figures_page


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """« Quelle CPTS pour ma commune ? », the three doors and the figures of the day."""
    today = clock.today()
    figures = figures_page(FRANCE, today, today)
    return render(request, "portal/home.html", {"figures": figures})


@public
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """The second way to every page, beside the menu (RGAA 12.1)."""
    return render(request, "portal/site_map.html")


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement the law asks for (loi n° 2005-102, article 47)."""
    return render(request, "portal/accessibility.html")


@public
@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    """Who publishes, where the data comes from, what is kept about people."""
    return render(request, "portal/legal_notice.html")


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The probe of the load balancer: « ok » when the database answers, else 503 (middleware)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


# --- Errors: templates without any query of their own ----------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose anti-forgery token is missing or old (CSRF_FAILURE_VIEW)."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: its context processors may be what failed.
    return HttpResponse(render_to_string("500.html"), status=500)
