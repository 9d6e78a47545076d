"""Settings common to every environment; what varies is read from the environment.

The table of variables is in ``docs/reference/settings.md``.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

PROJECT_DIR = Path(__file__).resolve().parents[1]
ROOT_DIR = PROJECT_DIR.parents[1]
DATA_DIR = Path(os.environ.get("BDIS_DATA_DIR") or ROOT_DIR / "var").resolve()

SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [
    origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin
]

INSTALLED_APPS = [
    "bdis_site",
    "bdis_search",
    "bdis_ethics",
    "bdis_evaluation",
    "bdis_cms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "bdis_site.apps.AccountsConfig",  # in place of wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "bdis_cms.middleware.InterfaceLanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "bdis_site.middleware.AdminContentSecurityPolicyMiddleware",
    "bdis_cms.admin.guard.AdminGuardMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "bdis_site.urls"
WSGI_APPLICATION = "bdis_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{DATA_DIR / 'bdis.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Several processes (site, commands) share the file: readers must not wait for the writer,
    # and a writer takes its lock at once rather than fail when it first writes.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("BDIS_STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [PROJECT_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# People of the initiatives; the admin has a sign-in page of its own.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "bdis_space:index"
BDIS_SIGN_IN_BY_CODE = True
ACCOUNT_ADAPTER = "bdis_site.accounts.adapter.SpaceAccountAdapter"
ACCOUNT_FORMS = {
    "login": "bdis_site.accounts.forms.LoginForm",
    "request_login_code": "bdis_site.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "bdis_site.accounts.forms.ConfirmLoginCodeForm",
    "reset_password": "bdis_site.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "bdis_site.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds, as the page and the e-mail say
ACCOUNT_SESSION_REMEMBER = True

EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 20  # seconds: a form waits for its confirmation to go
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "bdis@localhost")

WAGTAIL_SITE_NAME = "BDIS"
WAGTAILADMIN_BASE_URL = os.environ.get("BDIS_BASE_URL", "http://127.0.0.1:8000")
WAGTAILADMIN_USER_LOGIN_FORM = "bdis_site.forms.SignInForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "bdis_site.forms.ResetPasswordForm"  # noqa: S105 - a form
# An address lets in by a code: nobody takes that of another, administrators of accounts change it.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# As they are typed in France, in both languages: the date picker takes a date that it cannot read
# for today, and 05/06 must not be May 6.
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
FORMAT_MODULE_PATH = ["bdis_site.formats"]
# As Wagtail advises: the form of a grid holds some thirty fields for each question.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # « repair-cafe », as imports write it
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
# Neither pages nor scripts: served from this site, they would run with the rights of its editors.
WAGTAILDOCS_EXTENSIONS = [
    *["csv", "doc", "docx", "epub", "ics", "key", "mp3", "mp4", "odg", "odp", "ods", "odt", "ogg"],
    *["pdf", "ppt", "pptx", "rtf", "txt", "webm", "xls", "xlsx", "zip"],
]
TAGGIT_CASE_INSENSITIVE = True
GEO_WIDGET_EMPTY_LOCATION = True

BDIS_NETWORK_NAME = os.environ.get("BDIS_NETWORK_NAME") or _("BDIS — solidarity initiatives")
BDIS_TILE_URL = os.environ.get("BDIS_TILE_URL", "")
BDIS_TILE_ATTRIBUTION = os.environ.get("BDIS_TILE_ATTRIBUTION", "")
BDIS_GEOCODER = os.environ.get("BDIS_GEOCODER", "commune")
SEARCH_ENGINES = {
    "tantivy": {
        "BACKEND": "bdis_search.backends.tantivy",
        "OPTIONS": {"PATH": DATA_DIR / "index"},
    },
}
_engine = os.environ.get("BDIS_SEARCH_ENGINE", "tantivy")
if _engine not in SEARCH_ENGINES:
    raise ValueError(
        f"BDIS_SEARCH_ENGINE={_engine!r} is not known; choose one of {', '.join(SEARCH_ENGINES)}."
    )
BDIS_SEARCH = SEARCH_ENGINES[_engine]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
if BDIS_TILE_URL.startswith("https://"):
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append(
        "https://" + BDIS_TILE_URL.split("/")[2].replace("{s}", "*")
    )
# Wagtail's own admin needs inline scripts and styles; nothing public does.
BDIS_ADMIN_CSP = {"script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "bdis": {"level": "INFO"},
        # The root tells of failures, in production too; not of each address that is not found.
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
