"""The test world: strict, fast hashing, no debug, templates that refuse unknown variables."""

import os
import tempfile

from cpts_portal.settings.base import *
from cpts_portal.settings.base import DATABASES, LOGGING
from cpts_portal.settings.environment import env

SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 3
DEBUG = False
DEMONSTRATION = env.bool("DEMONSTRATION", default=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "foundation.storage.DurableFileStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # found when asked for: no walk through all of DSFR per client
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file, in WAL as in use: in memory, two threads would lock each other out at once.
    DATABASES["default"]["TEST"] = {
        "NAME": f"{tempfile.gettempdir()}/cpts-test-{os.getpid()}.sqlite3"
    }
