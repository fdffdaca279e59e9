"""Settings from the environment (12-factor), with the embedded parts of ``bin/demo`` as the default.

Every variable is listed in ``docs/operator/settings.md``; a test keeps the list complete.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from egov.kernel.logs import configure as configure_logs
from egov.settings.environment import Environment, celery_broker, mail_settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent
RUN_DIR = Path(os.environ.get("EGOV_RUN_DIR", BASE_DIR / ".run"))
# What an operator set, then where the embedded database and queue of bin/demo stand.
env = ENV = Environment(Path(os.environ.get("EGOV_ENV_FILE", RUN_DIR / "env")), RUN_DIR / "embedded")

DEBUG = env.flag("EGOV_DEBUG", default=False)
SECRET_KEY = env.secret("EGOV_SECRET_KEY")
# 32 bytes in hexadecimal; without it nothing personal can be read or written.
EGOV_DATA_KEY = env.text("EGOV_DATA_KEY", default="")
ALLOWED_HOSTS = env.list("EGOV_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.text("EGOV_PUBLIC_URL", default="http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.list("EGOV_TRUSTED_ORIGINS", default=[])]
# How many of our own proxies stand before the application; 0: nothing a caller sends about its address is believed.
EGOV_TRUSTED_PROXIES = env.number("EGOV_TRUSTED_PROXIES", default=0)
HTTPS = PUBLIC_URL.startswith("https://")

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
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "egov.kernel.admin_config.EgovAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
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
    *(f"egov.{room}" for room in PLATFORM_ROOMS),
    *MODE_ROOMS,
    *(f"{mode}.{room}" for mode, rooms in MODE_ROOMS.items() for room in rooms),
    "portals.shared",
    *(f"portals.{portal}" for portal in PORTALS),
]

MIDDLEWARE = [
    "egov.kernel.health.HealthMiddleware",
    "egov.kernel.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portals.shared.middleware.PlainAddressMiddleware",
    "portals.shared.middleware.LanguageMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "egov.identity.sessions.AccountMiddleware",
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
        "NAME": "django",
        "BACKEND": "egov.kernel.templates.Templates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
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
            engine="egov.kernel.postgres",
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

# Redis carries the queue and a cache, and holds nothing that could be lost: a server that is away is given up at once.
REDIS_URL = env.text("REDIS_URL", default="redis://localhost:6379/0")
REDIS_TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}
CACHES = {
    "default": {
        "BACKEND": "egov.kernel.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": REDIS_TIMEOUTS,
    }
}

CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "ordinary"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB; typesetting and signing leave some behind
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "visibility_timeout": 1800,
    "max_retries": 0,
}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {}  # filled by kernel.schedule.every
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_DIR / "beat")

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
# Who may vouch for a name and an identity number; the sandbox accepts synthetic numbers only.
EGOV_IDENTITY_PROVIDERS = env.list("EGOV_IDENTITY_PROVIDERS", default=[] if HTTPS else ["sandbox"])
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "egov"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "portals.shared.errors.locked_out"
CSRF_FAILURE_VIEW = "portals.shared.errors.csrf_failure"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"  # the lock-out must hold without Redis
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429

# --- Security -----------------------------------------------------------------------------------
SESSION_ENGINE = "egov.identity.sessions"  # in the database: a log-out must hold without Redis
SESSION_COOKIE_AGE = env.number("EGOV_SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:  # the prefix makes browsers refuse these cookies from any other host or plain HTTP
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if EGOV_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# A small model learned from the examples re-weighs what the need box finds; off, rules and search work alone.
EGOV_ROUTING_LEARNED = env.flag("EGOV_ROUTING_LEARNED", default=True)
EGOV_ROUTING_MODEL = env.text("EGOV_ROUTING_MODEL", default="")

# Ways to pay that people may choose: keys of gateways. The sandbox takes no money, so never behind https by itself.
EGOV_PAYMENT_GATEWAYS = env.list("EGOV_PAYMENT_GATEWAYS", default=[] if HTTPS else ["sandbox"])
# Where a form may lead after its redirects: payment gateways besides ourselves.
EGOV_SANDBOX_GATEWAY_URL = env.text("EGOV_SANDBOX_GATEWAY_URL", default="http://localhost:8001")
EGOV_GATEWAY_ORIGINS = env.list("EGOV_GATEWAY_ORIGINS", default=[EGOV_SANDBOX_GATEWAY_URL])
# Where the sandbox gateway reaches this platform.
EGOV_CALLBACK_URL = env.text("EGOV_CALLBACK_URL", default=PUBLIC_URL)
# Where the worker asks each minute whether the service answers.
EGOV_PROBE_URL = env.text("EGOV_PROBE_URL", default=PUBLIC_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *EGOV_GATEWAY_ORIGINS],
        **({"upgrade-insecure-requests": True} if HTTPS else {}),
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a request without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 30

# --- Language, time, files ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("EGOV_STATIC_DIR", default=str(RUN_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names with digests, kept by browsers for ever, once `collectstatic` has run.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if (STATIC_ROOT / "staticfiles.json").exists()
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Uploaded and issued files, under their hash; any storage of Django's kind may take the disk's place.
STORAGES["documents"] = {"BACKEND": env.text("EGOV_FILES_BACKEND", default="egov.documents.storage.HashedFiles")}
MEDIA_ROOT = Path(env.text("EGOV_FILES_DIR", default=str(RUN_DIR / "files")))
EGOV_KEYS_DIR = Path(env.text("EGOV_KEYS_DIR", default=str(RUN_DIR / "keys")))
# Signs identity tokens for other programs; made at set-up by `manage.py make_token_key`.
EGOV_TOKEN_KEY_FILE = EGOV_KEYS_DIR / "tokens.pem"
IDP_OIDC_PRIVATE_KEY = EGOV_TOKEN_KEY_FILE.read_text() if EGOV_TOKEN_KEY_FILE.exists() else ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- Seals ----------------------------------------------------------------------------------------
EGOV_SEAL_PROVIDER = env.text("EGOV_SEAL_PROVIDER", default="file")
EGOV_PKCS11_MODULE = env.text("EGOV_PKCS11_MODULE", default="")
EGOV_PKCS11_TOKEN = env.text("EGOV_PKCS11_TOKEN", default="")
EGOV_PKCS11_PIN = env.text("EGOV_PKCS11_PIN", default="")
EGOV_TIMESTAMP_URL = env.text("EGOV_TIMESTAMP_URL", default="")

# --- Mail -----------------------------------------------------------------------------------------
globals().update(mail_settings(env.text("EGOV_EMAIL_URL", default=f"file://{RUN_DIR / 'mail'}")))
EMAIL_TIMEOUT = 10
# The text message gateway; without one, messages are taken by the sandbox's folder.
EGOV_SMS_URL = env.text("EGOV_SMS_URL", default="")
EGOV_SMS_TOKEN = env.text("EGOV_SMS_TOKEN", default="")
EGOV_SANDBOX_DIR = env.text("EGOV_SANDBOX_DIR", default=str(RUN_DIR / "sandbox"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EGOV_EMAIL_FROM", default="egov@localhost")

# --- Logs and figures -------------------------------------------------------------------------------
LOGGING = configure_logs(
    level=env.text("EGOV_LOG_LEVEL", default="INFO"), style=env.text("EGOV_LOG_STYLE", default="json")
)
EGOV_METRICS_TOKEN = env.text("EGOV_METRICS_TOKEN", default="")
METRICS_DIR = env.text("EGOV_METRICS_DIR", default="")
if METRICS_DIR:  # read by prometheus_client when it is first imported: one set of figures for all processes
    Path(METRICS_DIR).mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIR

# --- What this instance is --------------------------------------------------------------------
EGOV_JURISDICTION = "cn"
EGOV_REFERENCE_PREFIX = env.text("EGOV_REFERENCE_PREFIX", default="JZ")

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portals.api.authentication.BearerAuthentication",  # first: its answer to a stranger is 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portals.api.parsing.TextParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.ScopedRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "anon": "120/min", "submit": "60/min", "search": "120/min"},
    "EXCEPTION_HANDLER": "portals.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "egov",
    "DESCRIPTION": "State a need, file for services, follow cases, decide them. docs/developer/api.md walks through it all. Errors are RFC 9457 problem details.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["portals.api.schema.add_problems"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
