"""Settings, all in one place. What differs between installations comes from the environment.

docs/settings.md holds the table of the variables. A value that cannot work stops the start and says
what to do about it.
"""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from exchange.extensions import CONTENTS
from portal import environment, keys
from portal.environment import env
from portal.logs import configured

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Which version it is ------------------------------------------------------------------------

_project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
VERSION: str = _project["project"]["version"]
# The release before, whose code runs beside this one's while a deploy rolls: version and commit.
PREVIOUS_RELEASE: dict[str, str] = _project["tool"]["releases"]["previous"]

# --- Where it runs ------------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG", default=False)
DEMO = environment.flag("DEMO", default=DEBUG)  # whether it can make people up
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
SITE_URL = environment.address("SITE_URL", default="http://127.0.0.1:8000")
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", default=0, least=0)

SENTRY_DSN = environment.collector("SENTRY_DSN")
LOGGING = configured(reports=bool(SENTRY_DSN))

# --- Keys ---------------------------------------------------------------------------------------

_key_file = DATA_DIR / "keys.json"
_made: dict[str, str] = {}
if not all(map(env.ENVIRON.get, ("SECRET_KEY", "PEPPER_KEYS", "MASTER_KEYS"))):
    _made = keys.load_or_make(_key_file)
SECRET_KEY = env("SECRET_KEY", default=_made.get("SECRET_KEY"))
PEPPER_KEYS = environment.keys("PEPPER_KEYS", _key_file)
MASTER_KEYS = environment.keys("MASTER_KEYS", _key_file)

# --- Seen from outside --------------------------------------------------------------------------

METRICS_DIR = env(
    "METRICS_DIR", default=""
)  # in which web processes count requests; best in memory
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_ADDRESS = environment.listener(
    "METRICS_ADDRESS", default="127.0.0.1:9464", token=METRICS_TOKEN
)

# --- What it is made of -------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal",
    "operations",
    "privacy",
    *(["demo"] if DEMO else []),
    "board",
    "sealed",
    "loading",
    "guidance",
    "results",
    "candidate_site",
    "overview",
    "results_day",
    "credentials",
    "exchange",
    "accounts",
    "centres",
    "core",  # above django_tasks_db, whose worker's command is our own
    "storage",
    "board.apps.RecordsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
]

SECURITY_HEADERS = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = [
    "operations.metrics.requests.RequestsMiddleware",  # around all, the candidate site too
    "portal.request_ids.RequestIdMiddleware",
    "portal.middleware.SchemaMiddleware",
    "candidate_site.middleware.CandidateSiteMiddleware",  # below it: what only other pages need
    "portal.tls.HttpsMiddleware",
    *SECURITY_HEADERS[:1],
    "portal.middleware.StaticFilesMiddleware",
    *SECURITY_HEADERS[1:],
    "operations.middleware.HealthMiddleware",  # above what looks at the host
    "django.middleware.common.CommonMiddleware",
    "accounts.session_store.SessionMiddleware",
    "portal.limits.LimitsMiddleware",  # above what reads a form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.NoStoreMiddleware",
    "portal.middleware.NulMiddleware",
    "accounts.middleware.MFARequiredMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "accounts.middleware.KeptPostsMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.middleware.AfterRestoreMiddleware",
    "portal.middleware.BegunMiddleware",  # below all others
]

ROOT_URLCONF = "portal.urls"
# What answers where there is no such address: a scanner, or a reader of mail, asks for what stood around a link.
NOT_FOUND = {
    # The candidates' own, also with a capital, without the s, or with `%23` in the place of `#` behind it.
    "/result": "candidate_site.views.nowhere",
    "/set-password/": "accounts.views.recovery.link_not_whole",
    "/recover/": "accounts.views.recovery.link_not_whole",
}
# What answers candidates in the place of staff's pages, by status.
CANDIDATE_ERRORS = {
    400: "candidate_site.views.not_understood",
    413: "candidate_site.views.too_large",
    500: "candidate_site.views.trouble",
    503: "candidate_site.waiting.away",
}
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.context_processors.service",
            ],
        },
    },
    {  # the candidate site's own, for the one minute that matters
        "NAME": "candidates",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "candidate_site.jinja.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"

# --- Data ---------------------------------------------------------------------------------------

# A pgbouncer before PostgreSQL, and its pool_mode; empty: none.
DATABASE_POOLING = environment.one_of("DATABASE_POOLING", "session", "transaction")
SESSION_SETTINGS = {"jit": "off", "plan_cache_mode": "force_generic_plan"}
DATABASES = {
    "default": environment.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/portal.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    )
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL would compile the larger queries, which takes longer than to run any of them, and
    # plan anew, for each value, those whose plan it keeps (core/prepared_queries.py). A pgbouncer takes
    # no such options: there `migrate` notes them with the role (operations/pooling.py).
    if not DATABASE_POOLING:
        _options = " ".join(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items())
        DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", _options)
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLING == "transaction"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Tells which codes of the second factor were used, and how many were wrong: to every process alike.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STORAGE_URL = environment.storage("STORAGE_URL", default=DATA_DIR)  # of all that is kept
STATIC_URL = "/static/"
# A folder for each version: the files of one that went live on beside those of the one that came.
STATIC_DIR = Path(env("STATIC_DIR", default=str(BASE_DIR / "var" / "static"))).resolve()
STATIC_ROOT = STATIC_DIR / VERSION
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = DATA_DIR / "media"

# How large a request may be is said by route (portal/limits.py). No file comes but where a page asks
# for one, and then straight into the encrypted store.
FILE_UPLOAD_HANDLERS = ["core.upload_handler.NoFile"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_100  # the most of any route

# --- Background work ----------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# Each model of jobs -> what does it (given the row, and a function to call with (done, total)), what
# is done when it is ready or has failed (and holds if and only if that does), and the priority in the
# queue of what a worker has left: ordinary tasks have 0, and what was begun is finished first.
JOBS: dict[str, dict[str, Any]] = {
    "credentials.LetterFile": {
        "run": "credentials.letters.tasks.make",
        "ended": "credentials.letters.tasks.record_end",
        "priority": 50,
    },
    "exchange.Inspection": {"run": "exchange.tasks.inspect"},
    "loading.LoadedFile": {"run": "loading.tasks.do"},
    "results.Export": {"run": "results.exports.tasks.make"},
    "sealed.Opening": {"run": "sealed.opening.load", "priority": 60},
}
# What a worker does beside its tasks (core/worker.py).
PERIODIC_TASKS = {
    "at the start": ["operations.schema.require", "portal.start.require"],
    "every beat": [  # of two seconds
        "core.worker.heartbeat",
        "core.worker.jobs_heartbeat",
        "core.worker.resume",
    ],
    "every minute": [
        "core.worker.forget_heartbeats",
        "credentials.letters.retention.destroy_expired",
        "exchange.uploads.tidy",
        "exchange.tasks.inspect_again",
        "exchange.retention.destroy_expired",
        "loading.workflow.destroy_expired",
        "results.exports.tasks.destroy_expired",
        "sealed.ceremonies.end_overdue",
        "sealed.opening.forget_keys",
        "sealed.notices.remind",
        "sealed.retention.destroy_expired",
    ],
    "every hour": [
        "core.orphans.remove_orphan_rows",
        "core.orphans.remove_destroyed",
        "core.orphans.abandon_unfinished",
        "core.orphans.put_in_order",
        "portal.clearing.clear",
        "privacy.ends_of_life.remove_due",
    ],
}
ENCRYPTED_STORES = [
    "core.orphans.ENCRYPTED_FILES",
    "credentials.letters.storage.STORE",
]  # the areas of the storage
# What only grows and has an end of life all the same -> when (core/only_grows.py).
ENDS_OF_WHAT_ONLY_GROWS = "privacy.doors.ENDS"
AUDIT_RECORD = "centres.audit.record"  # for what knows no centre
# What follows where access has changed, in this order (centres/access_changes.py).
WHEN_ACCESS_CHANGES = [
    "credentials.logins.revoking.end_lost_logins",
    "credentials.letters.outdated.tell_outdated",
    "credentials.letters.kept_counts.forget",
]
# What counts, before terms of centres change, how many logins end and letters become outdated
# (`centres.access_changes.at_stake`).
WHEN_TERMS_CHANGE = "credentials.letters.outdated.count_at_stake"

# Whether a machine may be sent people: each answers with sentences why not (operations/readiness.py).
READINESS = [
    "operations.readiness.database",
    "operations.schema.reasons",
    "portal.start.reasons",  # keys, site, wiring
    "core.site_identity.storage_away",
    "operations.static_manifest.reasons",
    "operations.readiness.clock",
]

# --- Staff sign-in ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSPHRASE_MEMORY = (
    256 * 1024
)  # KiB that each try of a keyholder's passphrase takes (sealed.passphrases)
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2idHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "accounts.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.password_forms.LoginForm",
    "reauthenticate": "accounts.password_forms.ReauthenticateForm",
    "change_password": "accounts.password_forms.ChangePasswordForm",  # nosec B105 # the name of a form
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# Wrong passwords are counted by axes alone; these are wrong codes, five in five minutes a person.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key", "login": None}
# To download letters, or to change one's own second factor, the password is asked for again after this time.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * environment.number(
    "REAUTHENTICATION_MINUTES", default=10, least=1
)
MFA_REQUIRED = environment.flag("MFA_REQUIRED", default=not DEBUG)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Direct"
# Browsers make passkeys for https alone, and for localhost, on which tests and trials run.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_PERIOD = 30
MFA_TOTP_TOLERANCE = 1  # steps early or late (accounts/codes.py)
MFA_FORMS = {
    "activate_totp": "accounts.codes.ActivateTOTPForm",
    "authenticate": "accounts.codes.AuthenticateForm",
    "reauthenticate": "accounts.codes.ReauthenticateForm",
    "add_webauthn": "accounts.passkeys.AddForm",
    "authenticate_webauthn": "accounts.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "accounts.passkeys.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# A browser from which somebody has signed in counts its own wrong tries (accounts/lockout.py).
AXES_HANDLER = "accounts.lockout.LockOut"
AXES_LOCKOUT_PARAMETERS = "accounts.lockout.lockout_parameters"
KNOWN_BROWSER_AGE = timedelta(days=365)
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "accounts.sign_in.username_of"
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in.address_of"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_STR_CALLABLE = "accounts.sign_in.named_in_logs"

# Pages with a form that show it again, filled in, when `edit` is posted with it; what was typed there before a
# session ended is shown so after signing in again (accounts/kept_posts.py).
SHOWN_AGAIN = [
    "board:account_propose",
    "board:correct",
    "board:hold_place",
    "board:release_propose",
    "centres:edit_status",
    "centres:edit_status_of_many",
    "centres:groups",
    "centres:subcentres",
    "exchange:upload",
    "loading:files",
    "people:add",
    "people:invite",
    "people:rights",
    "sealed:change",
    "sealed:seal",
]

# --- Sessions, cookies, headers -----------------------------------------------------------------

# With https, a name that no other site beside ours, and no page without https, can give to a cookie.
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_FAILURE_VIEW = "accounts.views.sign_in.page_too_old"
PAGES_COOKIE = "__Host-pages" if HTTPS else "pages"  # whose pages (accounts/page_owners.py)
KNOWN_BROWSER_COOKIE = "__Host-known_browser" if HTTPS else "known_browser"
KEYHOLDER_COOKIE = "__Host-keyholder" if HTTPS else "keyholder"  # sealed/browsers.py
MESSAGES_COOKIE = "__Host-messages" if HTTPS else "messages"
CANDIDATE_COOKIE = "__Secure-candidate" if HTTPS else "candidate"  # of the candidate site's path
MESSAGE_STORAGE = "accounts.messages.Storage"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
PERMISSIONS_POLICY |= {  # passkeys, on pages of our own
    f"publickey-credentials-{act}": ["self"] for act in ("create", "get")
}

# --- Candidates ---------------------------------------------------------------------------------

# How long a candidate stays signed in without a page, and in any case.
CANDIDATE_IDLE = timedelta(
    minutes=environment.number("CANDIDATE_IDLE_MINUTES", default=15, least=1)
)
CANDIDATE_SESSION = timedelta(
    minutes=environment.number("CANDIDATE_SESSION_MINUTES", default=60, least=1)
)
# How long letter files are kept after a series' last release.
LETTER_RETENTION = timedelta(days=environment.number("LETTER_RETENTION_DAYS", default=90, least=0))
# How long the files that the board loads in the browser are kept, and what its backup touches.
LOADED_FILE_RETENTION = timedelta(
    days=environment.number("LOADED_FILE_RETENTION_DAYS", default=90, least=1)
)
BACKUP_STAMP = env("BACKUP_STAMP", default="")
# Where bin/portal backup puts files and SQLite, and how long what is gone stays there (operations/backup.py).
BACKUP_DIR = env("BACKUP_DIR", default="")
BACKUP_KEEP_DAYS = environment.number("BACKUP_KEEP_DAYS", default=30, least=1)
PGBACKREST_STANZA = env("PGBACKREST_STANZA", default="portal")
# How long an encrypted file that no row knows is kept apart before it is removed (core/orphans.py).
QUARANTINE = timedelta(days=environment.number("QUARANTINE_DAYS", default=30, least=1))
# How long files of entries and results that were made in the background are kept.
EXPORT_RETENTION = timedelta(days=environment.number("EXPORT_RETENTION_DAYS", default=7, least=0))
# Whether the QR code on a letter carries the login, in the fragment of the address.
CODE_SIGNS_IN = environment.flag("CODE_SIGNS_IN", default=True)
SUPPORT_EMAIL = env("SUPPORT_EMAIL", default="info@cambridgeinternational.org")
BOARD_NAME = env("BOARD_NAME", default="Cambridge International")

# --- Ends of life -------------------------------------------------------------------------------

# After a series' last release, and the longest delay, its candidates go with all that is theirs (privacy/).
SERIES_RETENTION = timedelta(
    days=environment.number("SERIES_RETENTION_DAYS", default=730, least=90)
)
# Until then marking can be reviewed, so nobody of a series is removed alone.
REVIEW_TIME = timedelta(days=environment.number("REVIEW_DAYS", default=90, least=30))
# After this the audit trail loses its people, and what was decided goes.
LOG_RETENTION = timedelta(days=environment.number("LOG_RETENTION_DAYS", default=2192, least=365))
LOG_IN_RETENTION = timedelta(days=environment.number("LOG_IN_RETENTION_DAYS", default=90, least=1))
TASK_RETENTION = timedelta(days=environment.number("TASK_RETENTION_DAYS", default=7, least=1))

# --- File Exchange ------------------------------------------------------------------------------

EXCHANGE_FILE_TYPES = environment.choices("EXCHANGE_FILE_TYPES", known=CONTENTS)
EXCHANGE_FILE_LIMIT = environment.size("EXCHANGE_FILE_LIMIT", default="2G")
EXCHANGE_CENTRE_LIMIT = environment.size("EXCHANGE_CENTRE_LIMIT", default="10G")
EXCHANGE_RETENTION = timedelta(
    days=environment.number("EXCHANGE_RETENTION_DAYS", default=365, least=1)
)
# An upload that nobody goes on with is destroyed; one that came whole, and was left, is finished.
EXCHANGE_UPLOAD_EXPIRES_AFTER = timedelta(days=1)
EXCHANGE_EMPTY_EXPIRES_AFTER = timedelta(hours=1)  # of one of which nothing has come
EXCHANGE_UPLOAD_FINISH_AFTER = timedelta(minutes=2)
# What was made elsewhere in Direct can be out of date (exchange/version_state.py).
EXCHANGE_OUT_OF_DATE_CHECKS = ["results.exports.out_of_date.is_out_of_date"]
CLAMD = environment.clamd("CLAMD")

# --- Language, time, mail, logs -----------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["portal.formats"]
# What letters, and in time the candidate site, are written in.
LANGUAGES = [
    ("en-gb", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("pt", "Português"),
    ("ar", "العربية"),
    ("ur", "اردو"),
    ("zh-hans", "简体中文"),
    ("hi", "हिन्दी"),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
BOARD_TIME_ZONE = environment.time_zone("BOARD_TIME_ZONE", default="Europe/London")
BOARD_RELEASE_TIME = environment.time_of_day("BOARD_RELEASE_TIME", default="06:00")

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
# Without mail, everything works by links that officers hand over.
HAS_MAIL = environment.reaches_people(EMAIL_CONFIG["EMAIL_BACKEND"])
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=SUPPORT_EMAIL)
