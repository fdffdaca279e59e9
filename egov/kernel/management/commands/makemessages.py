"""Django's extraction, so that a file changes only when its texts do: no line numbers, no guesses, no dates."""

import re
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from egov.kernel import translations

_DATES = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To):.*\n', re.M
)
_LEAD = re.compile(r"\A(#.*\n)+")


class Command(makemessages.Command):
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in translations.folders():
            folder.mkdir(exist_ok=True)
        options |= {
            "locale": [translations.LOCALE],
            "no_location": True,
            "no_obsolete": True,
            "ignore_patterns": [".venv", ".run", "node_modules", "tests", "docs", "bin", "static"],
        }
        super().handle(*args, **options)
        for folder in translations.folders():
            if not any(folder.iterdir()):
                folder.rmdir()

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        text = _LEAD.sub("", _DATES.sub("", path.read_text()))
        text = text.replace("Project-Id-Version: PACKAGE VERSION", "Project-Id-Version: egov", 1)
        text = text.replace('"Language: \\n"', f'"Language: {locale}\\n"', 1)
        path.write_text(text.removeprefix("#, fuzzy\n"))
