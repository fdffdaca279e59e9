"""What ``manage.py check --deploy`` asks of a production instance, beside Django's own questions."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection


@register(Tags.security, deploy=True)
def check_secrets(**_kwargs: Any) -> list[CheckMessage]:
    """Secrets come from the environment or the file of mode 600; never from a default."""
    return [
        Error(f"{name} is not set.", hint="Set it in the environment; see docs/operator/settings.md.", id="egov.E001")
        for name in ("EGOV_SECRET_KEY", "EGOV_DATA_KEY", "EGOV_METRICS_TOKEN")
        if not settings.ENV.given(name)
    ]


@register(Tags.security, deploy=True)
def check_public_url(**_kwargs: Any) -> list[CheckMessage]:
    if settings.PUBLIC_URL.startswith("https://"):
        return []
    return [Error("EGOV_PUBLIC_URL must begin with https://.", id="egov.E002")]


@register(Tags.database)
def check_driver(**_kwargs: Any) -> list[CheckMessage]:
    """Django prefers psycopg 3 as soon as any package brings it; timings and time-outs here are set for psycopg2."""
    driver = connection.Database.__name__  # type: ignore[attr-defined]
    return [] if driver == "psycopg2" else [Error(f"The database driver is {driver}, not psycopg2.", id="egov.E003")]
