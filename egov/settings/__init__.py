"""Settings from the environment (12-factor), with the embedded parts of ``bin/demo`` as the default.

Every variable is listed in ``docs/operator/settings.md``; a test keeps the list complete.
"""

from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from egov.settings.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Environment(BASE_DIR / ".run" / "env")

DEBUG = env.flag("EGOV_DEBUG", default=False)
SECRET_KEY = env.secret("EGOV_SECRET_KEY")
# 32 bytes in hexadecimal; without it nothing personal can be read or written.
EGOV_DATA_KEY = env.text("EGOV_DATA_KEY", default="")
ALLOWED_HOSTS = env.list("EGOV_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.text("EGOV_PUBLIC_URL", default="http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- The house -------------------------------------------------------------------------------
# Platform rooms, bottom to top; a room imports only those before it (docs/developer/architecture.md).
PLATFORM_ROOMS = [
    "kernel",
    "journal",
    "identity",
    "deadlines",
    "law",
    "measures",
    "documents",
    "notices",
    "work",
    "ledger",
    "payments",
    "learning",
    "content",
    "booking",
    "meetings",
    "revenue",
    "registers",
    "catalogue",
    "routing",
    "casework",
    "matters",
    "intake",
]
MODE_ROOMS = {
    "g2c": [
        "information",
        "tax",
        "social_insurance",
        "health",
        "employment",
        "education",
        "certificates",
        "participation",
    ],
    "g2b": [
        "information",
        "tax",
        "registration",
        "procurement",
        "investment",
        "enterprise_support",
        "advisory",
        "supervision",
    ],
    "g2g": [
        "exchange",
        "collaboration",
        "legislation",
        "official_documents",
        "judicial_archives",
        "treasury",
        "performance",
    ],
    "g2e": ["training", "appraisal", "administration", "discussion", "decision_support"],
}
PORTALS = ["public", "citizen", "business", "staff", "console", "api"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "guardian",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "django_celery_beat",
    *(f"egov.{room}" for room in PLATFORM_ROOMS),
    *MODE_ROOMS,
    *(f"{mode}.{room}" for mode, rooms in MODE_ROOMS.items() for room in rooms),
    "portals.shared",
    *(f"portals.{portal}" for portal in PORTALS),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portals.shared.middleware.LanguageMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portals.shared.middleware.ActorMiddleware",
    "portals.shared.middleware.ErrorPageMiddleware",
]

ROOT_URLCONF = "egov.urls"
WSGI_APPLICATION = "egov.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portals.shared.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portals.shared.templatetags.egov_ui",
            ],
        },
    },
]

# --- Database, cache, queue ---------------------------------------------------------------------
DATABASES = {
    "default": {
        **dj_database_url.parse(
            env.text("DATABASE_URL", default="postgres://postgres@localhost/egov"),
            conn_max_age=600,
            conn_health_checks=True,
        ),
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "connect_timeout": 5,
        # A statement or an idle transaction that outlives these holds locks nobody waits for any more.
        "options": "-c statement_timeout={}s -c idle_in_transaction_session_timeout={}s -c lock_timeout={}s".format(
            env.number("EGOV_STATEMENT_TIMEOUT", default=30),
            env.number("EGOV_IDLE_TRANSACTION_TIMEOUT", default=60),
            env.number("EGOV_LOCK_TIMEOUT", default=10),
        ),
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "ordinary"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "visibility_timeout": 1800,
    "max_retries": 0,
}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "outbox-urgent": {"task": "kernel.deliver_outbox", "schedule": 5.0, "kwargs": {"queue": "urgent"}, "options": {"queue": "urgent", "expires": 5}},
    "outbox": {"task": "kernel.deliver_outbox", "schedule": 5.0, "options": {"expires": 5}},
    "outbox-bulk": {"task": "kernel.deliver_outbox", "schedule": 30.0, "kwargs": {"queue": "bulk"}, "options": {"queue": "bulk", "expires": 30}},
    "partitions": {"task": "kernel.extend_partitions", "schedule": 86400.0},
}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "egov"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "portals.shared.errors.locked_out"
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"

# --- Pages ----------------------------------------------------------------------------------------
# Nothing inline, nothing from elsewhere; blob: shows a photo that was just chosen, before it is sent.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
CSRF_FAILURE_VIEW = "portals.shared.errors.csrf_failure"

# --- Language, time, files ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".run" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.text("EGOV_FILES_DIR", default=str(BASE_DIR / ".run" / "files")))
EGOV_KEYS_DIR = Path(env.text("EGOV_KEYS_DIR", default=str(BASE_DIR / ".run" / "keys")))

# --- What this instance is --------------------------------------------------------------------
EGOV_JURISDICTION = "cn"
EGOV_REFERENCE_PREFIX = env.text("EGOV_REFERENCE_PREFIX", default="JZ")

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
