"""The law of an instance as a section of the configuration: instruments, parameters, procedures, decision tables."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.actor import Actor
from egov.kernel.configuration import IN_HAND, Entry, Outcome, Section, sections
from egov.law import actions, files


def export() -> dict[str, list[dict[str, Any]]]:
    """What is in force, and all values of the parameters, by key."""
    return actions.content_in_force()


def load(actor: Actor, data: Mapping[str, Any]) -> list[Entry]:
    """What a person brings in waits as drafts of theirs. Else as from files: what nobody edited is replaced, beside what
    was edited here a draft is laid, or it is kept."""
    report = actions.load_content(actor, content=files.read_content(data), as_drafts=not actor.is_system)
    return [
        *(Entry(name, Outcome.ADDED) for name in report.created),
        *(Entry(name, Outcome.CHANGED) for name in report.updated),
        *(Entry(name, Outcome.DRAFT) for name in report.drafted),
        *(Entry(name, Outcome.KEPT, _note(name)) for name in report.kept),
    ]


def _note(name: str) -> str:
    return str(IN_HAND) if name.startswith(("procedure:", "table:")) else ""


sections.add("law", Section("law", _("Instruments, parameters, procedures, decision tables"), 15, export, load))
