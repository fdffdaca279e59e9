"""The part of bin/messages that runs inside the virtual environment."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from egov.kernel import translations


def extract() -> int:
    call_command("makemessages", verbosity=0)
    found = _faults()
    print("\n".join([*found, f"{len(found)} to translate"] if found else ["All translated."]))
    return 0


def check() -> int:
    """As ``extract``, then put every file back as it was."""
    before = _files()
    try:
        call_command("makemessages", verbosity=0)
        after = _files()
        found = _faults()
    finally:
        for path in _files().keys() - before.keys():
            path.unlink()
        for path, content in before.items():
            path.write_bytes(content)
    changed = [path for path in after.keys() | before.keys() if after.get(path) != before.get(path)]
    found += [f"{path.relative_to(settings.BASE_DIR)}: not as bin/messages writes it" for path in sorted(changed)]
    print("\n".join(found) or "All texts are extracted and translated.")
    return 1 if found else 0


def _faults() -> list[str]:
    found = list(translations.catalogues())
    own = [
        f"{path.relative_to(settings.BASE_DIR)}: {fault}" for path, each in found for fault in translations.faults(each)
    ]
    return own + list(translations.conflicts(found))


def _files() -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in translations.folders() for path in folder.glob("*/LC_MESSAGES/*.po")}


if __name__ == "__main__":
    sys.exit({"extract": extract, "check": check}[sys.argv[1]]())
