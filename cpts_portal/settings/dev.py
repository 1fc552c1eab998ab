"""The embedded default of `make run`: SQLite, a local broker, the demonstration on."""

import secrets

from cpts_portal.settings.base import *
from cpts_portal.settings.base import (
    COMPRESSED_STATIC_DIR,
    MIDDLEWARE,
    STATICFILES_DIRS,
    VAR_DIR,
)
from cpts_portal.settings.environment import env


def local_secret_key() -> str:
    """A key of this clone, made once: sessions survive a restart and no secret is in the code."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key()
DEBUG = env.bool("DEBUG", default=False)
DEMONSTRATION = env.bool("DEMONSTRATION", default=True)
STORAGES = {
    "default": {"BACKEND": "foundation.storage.DurableFileStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # no collectstatic in the embedded default
WHITENOISE_AUTOREFRESH = DEBUG
# `compress_static` writes the heaviest files there, compressed; the pages' own compression, put
# first, does the small ones.
COMPRESSED_STATIC_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [COMPRESSED_STATIC_DIR, *STATICFILES_DIRS]
GZIP = "django.middleware.gzip.GZipMiddleware"
MIDDLEWARE = [GZIP, *(name for name in MIDDLEWARE if name != GZIP)]
