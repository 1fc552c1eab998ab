"""What every environment shares. One file per subject; values come from the environment."""

from pathlib import Path

from cpts_portal.settings.celery import *
from cpts_portal.settings.environment import env
from cpts_portal.settings.seals import *
from cpts_portal.settings.security import *

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, found by FORM_RENDERER
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "dsfr",
    "template_partials",
    "widget_tweaks",
    "foundation",
    "accounts",
    "records",
    "territories",
    "members",
    "projects",
    "aci",
    "missions",
    "cpts_portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages only: static files come already compressed. Its random padding answers BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "cpts_portal.middleware.DatabaseUnavailableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cpts_portal.middleware.PrivatePagesMiddleware",
    "cpts_portal.middleware.DeclaredAccessMiddleware",
    "cpts_portal.middleware.RefusedMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as its documentation asks
]

ROOT_URLCONF = "cpts_portal.urls"
WSGI_APPLICATION = "cpts_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cpts_portal.context_processors.portal",
            ],
            "builtins": ["foundation.templatetags.french", "foundation.templatetags.portal"],
        },
    }
]

# --- Database --------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/portal.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    # WAL + IMMEDIATE: the only mode without « database is locked » between web and worker.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "accounts.sessions"  # database sessions that know whose they are
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "territories.backends.SeatedBackend",
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "home"

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
COMPRESSED_STATIC_DIR = VAR_DIR / "static"  # of the embedded default: see `compress_static`
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# Daily anchors of the journal: better on another disk than the database, copied elsewhere.
ANCHOR_DIR = env.str("ANCHOR_DIR", default=str(VAR_DIR / "anchors"))
# ClamAV, « host:port » or the path of its socket; without it, no upload is scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")

# --- E-mail ----------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="dummymail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Portail CPTS <portail@example.org>")

# --- The portal ------------------------------------------------------------------------------
# Name of the entitled State operator; empty: no State block, « démonstration » notice (ADR 0004).
PORTAL_OPERATOR = env.str("PORTAL_OPERATOR", default="")
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000")
# Shows the demonstration accounts on the sign-in page and the mail box of the demonstration.
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
# Shared by the invented people, and shown on the sign-in page: it protects nothing.
DEMONSTRATION_PASSWORD = env.str("DEMONSTRATION_PASSWORD", default="visite-guidee-des-cpts")

# --- Design system ---------------------------------------------------------------------------
DSFR_USE_INTEGRITY_CHECKSUMS = False  # manifest storage rewrites the CSS: the hashes would lie
DSFR_CONTENT_IS_SAFE = False  # True by default: cross-site scripting through component tags
DSFR_MARK_OPTIONAL_FIELDS = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"links": {"()": "accounts.log_filter.MaskLinks"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "weasyprint": {"level": "ERROR"},  # « Step 7 … » would fill the worker's log
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        "pyhanko": {"level": "ERROR"},  # says at each seal that it fetches nothing, as asked
        "axes": {"level": "WARNING"},
    },
}
