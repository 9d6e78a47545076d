"""Tests: fast hashing, index and media in a temporary folder."""

import atexit
import shutil
import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import DATABASES, TEMPLATES

_scratch = Path(tempfile.mkdtemp(prefix="bdis-test-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)

SECRET_KEY = "tests-only-secret"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = _scratch / "media"
STATIC_ROOT = _scratch / "static"
STATIC_ROOT.mkdir()
BDIS_SEARCH = {
    "BACKEND": "bdis_search.backends.tantivy",
    "OPTIONS": {"PATH": _scratch / "index"},
}
BDIS_SEARCH_BACKGROUND = False
BDIS_GEOCODER = "commune"
BDIS_GAZETTEER_CHECK_SECONDS = 0
BDIS_REMEMBER_SECONDS = 0
BDIS_TILE_URL = ""
DATABASES["default"]["CONN_MAX_AGE"] = 0
TEMPLATES[0]["OPTIONS"]["debug"] = True  # type: ignore[index]
