"""The part of bin/demo that runs inside the virtual environment: one process, so that Django loads once.

Prints the accounts on standard output; progress goes to standard error. ``--history N`` goes on to the command ``demo``;
``collect`` only collects and compresses the static files (for an image).
"""

import argparse
import hashlib
import io
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")
os.environ.setdefault("EGOV_LOG_LEVEL", "WARNING")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from egov.kernel import translations


@contextmanager
def step(name):
    began = time.monotonic()
    yield
    print(f"  {name} ({time.monotonic() - began:.1f} s)", file=sys.stderr, flush=True)


def main(history: int | None) -> None:
    with step("translations"):
        translations.compile_all()
    with step("database"):
        call_command("migrate", verbosity=0, interactive=False)
    with step("static files"):
        collect_static()
    with step("keys"):
        call_command("make_journal_key")
        call_command("make_token_key")
    accounts = io.StringIO()
    with step("city"):
        call_command("demo", history=history, stdout=accounts)
    with step("seals"):
        call_command("make_seals", stdout=io.StringIO())
    print(accounts.getvalue(), end="")


def collect_static() -> None:
    """Collect again only when a file changed: it takes seconds."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            state = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {state.st_size} {state.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    # The same names as in production, without the copies for slow networks, whose compressing takes half a minute.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())


def collect_compressed() -> None:
    settings.STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    call_command("collectstatic", verbosity=0, interactive=False)


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        collect_compressed()
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("--history", type=int)
        main(parser.parse_args().history)
