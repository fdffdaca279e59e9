"""Is this process alive, is it ready, what are its figures. For balancers and monitoring, not for people."""

import hmac
from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from egov.kernel import metrics

logger = structlog.get_logger(__name__)


class HealthMiddleware:
    """Answers ``/healthz``, ``/readyz`` and ``/metrics`` before hosts, sessions and redirects are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _VIEWS.get(request.path)
        return view(request) if view else self.get_response(request)


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process can answer at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when requests may come here: the database answers and has all migrations.

    Redis is reported and never decides: without it pages and submissions still work.
    """
    database = _works("database", _database)
    migrations = database and _works("migrations", _migrations)
    parts = {"database": database, "migrations": migrations, "redis": _works("redis", _redis)}
    ready = database and migrations
    status = "ready" if all(parts.values()) else "degraded" if ready else "not ready"
    named = {part: "ok" if fine else "down" for part, fine in parts.items()}
    return JsonResponse({"status": status, **named}, status=200 if ready else 503)


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for whoever brings the token ``EGOV_METRICS_TOKEN``."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    expected: str = settings.EGOV_METRICS_TOKEN
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        return HttpResponse("A token is needed.\n", status=401, content_type="text/plain")
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


_VIEWS = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page}
_migrated: set[str] = set()


def _works(part: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # any failure of a part is the answer, not an error of this page
        logger.warning("not_ready", part=part, error=repr(error))
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return True


def _migrations() -> bool:
    """Whether nothing is left to migrate; once true it stays true for this process."""
    name = connection.settings_dict["NAME"]
    if name not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.add(name)
    return True


def _redis() -> bool:
    with redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_TIMEOUTS) as client:
        return bool(client.ping())
