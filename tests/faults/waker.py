"""A worker that can be caught on the way from a decision to the members that wait for it.

Each point is held while a file of its name exists; another file says that somebody stands there: ``told`` before the
news is taken in, ``opened`` with the next case opened and not committed, ``followed`` with all of it done and not
committed, ``delivered`` with the news delivered and the worker none the wiser.
"""

import functools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")
django.setup()

from egov.casework import actions as casework  # noqa: E402
from egov.celery import app  # noqa: E402
from egov.kernel import outbox  # noqa: E402
from egov.matters import actions as matters  # noqa: E402

__all__ = ["app"]

PLACE = Path(os.environ["EGOV_RUN_DIR"])


def stand(point: str) -> None:
    if (PLACE / f"hold-{point}").exists():
        (PLACE / f"at-{point}").touch()
    while (PLACE / f"hold-{point}").exists():
        time.sleep(0.02)


def caught(act: Callable[..., Any], *, before: str = "", after: str = "") -> Callable[..., Any]:
    @functools.wraps(act)
    def and_wait(*args: Any, **kwargs: Any) -> Any:
        if before:
            stand(before)
        answer = act(*args, **kwargs)
        if after:
            stand(after)
        return answer

    return and_wait


matters.follow_decision = caught(matters.follow_decision, before="told", after="followed")
casework.open_cases = caught(casework.open_cases, after="opened")
outbox.deliver = caught(outbox.deliver, after="delivered")
