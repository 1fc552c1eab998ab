"""One include per app, French paths. Pages that look across apps are wired here."""

from django.conf import settings
from django.urls import include, path

from cpts_portal import (
    agenda_views,
    dashboards,
    dossiers,
    public_pages,
    saved_views,
    steering_funding,
)

urlpatterns = [
    path("", public_pages.home, name="home"),
    path("sante/", public_pages.health, name="health"),
    path("plan-du-site/", public_pages.site_map, name="site_map"),
    path("accessibilite/", public_pages.accessibility, name="accessibility"),
    path("mentions-legales/", public_pages.legal_notice, name="legal_notice"),
    path("tableau-de-bord/", dashboards.dashboard, name="dashboard"),
    path("agenda/", agenda_views.agenda, name="agenda"),
    path("agenda/flux/<str:token>.ics", agenda_views.calendar, name="calendar"),
    path("compte/agenda/", agenda_views.subscriptions, name="subscriptions"),
    path(
        "compte/agenda/<uuid:public_id>/supprimer/",
        agenda_views.revoke,
        name="revoke_subscription",
    ),
    path("dossiers/", dossiers.dossiers, name="dossiers"),
    path("dossiers/export.csv", dossiers.dossiers_export, {"kind": "csv"}, name="dossiers_export"),
    path(
        "dossiers/export.xlsx",
        dossiers.dossiers_export,
        {"kind": "xlsx"},
        name="dossiers_export_xlsx",
    ),
    path("dossiers/vues/", saved_views.views, name="dossier_views"),
    path("dossiers/vues/enregistrer/", saved_views.save_view, name="save_dossier_view"),
    path(
        "dossiers/vues/<uuid:public_id>/renommer/",
        saved_views.rename_view,
        name="rename_dossier_view",
    ),
    path(
        "dossiers/vues/<uuid:public_id>/par-defaut/",
        saved_views.make_default,
        name="make_default_dossier_view",
    ),
    path(
        "dossiers/vues/<uuid:public_id>/supprimer/",
        saved_views.delete_view,
        name="delete_dossier_view",
    ),
    path("dossiers/<str:reference>/", dossiers.dossier, name="dossier"),
    path("dossiers/<str:reference>/journal/", dossiers.dossier_journal, name="dossier_journal"),
    path(
        "dossiers/<str:reference>/journal/export.csv",
        dossiers.dossier_journal_export,
        name="dossier_journal_export",
    ),
    path("pilotage/financement/", steering_funding.steering_funding, name="steering_funding"),
    path(
        "pilotage/financement/<slug:table>.csv",
        steering_funding.steering_funding_export,
        {"kind": "csv"},
        name="steering_funding_export",
    ),
    path(
        "pilotage/financement/<slug:table>.xlsx",
        steering_funding.steering_funding_export,
        {"kind": "xlsx"},
        name="steering_funding_export_xlsx",
    ),
    path("administration/", include("cpts_portal.administration_urls")),
    path("", include("accounts.urls")),
    path("", include("records.urls")),
    path("", include("territories.urls")),
    path("", include("members.urls")),
    path("", include("projects.urls")),
    path("", include("aci.urls")),
    path("", include("missions.urls")),
]

if settings.DEMONSTRATION:
    urlpatterns.append(path("demonstration/", include("cpts_portal.demonstration_urls")))

handler400 = "cpts_portal.public_pages.bad_request"
handler403 = "cpts_portal.public_pages.forbidden"
handler404 = "cpts_portal.public_pages.not_found"
handler500 = "cpts_portal.public_pages.server_error"
