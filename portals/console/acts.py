"""Who drafted, changed, approved and published which version of a service, an event or a decision table, and why."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from egov.catalogue import queries as catalogue
from egov.catalogue.models import EventVersion, ServiceVersion
from egov.identity import queries as identity
from egov.journal import queries as journal
from egov.journal.models import Entry
from egov.kernel.actor import Actor
from egov.kernel.refs import VERSIONS, Ref
from portals.console.readable import ShownChange

Text = str | Promise

THINGS: dict[str, Text] = {
    "service_version": gettext_lazy("Service"),
    "event_version": gettext_lazy("Event"),
    "table_version": gettext_lazy("Decision table"),
}
VERBS: dict[str, Text] = {
    "catalogue.draft": gettext_lazy("drafted"),
    "catalogue.edit_draft": gettext_lazy("changed"),
    "catalogue.review": gettext_lazy("approved"),
    "catalogue.publish": gettext_lazy("published"),
    "catalogue.retire": gettext_lazy("retired"),
    "catalogue.draft_event": gettext_lazy("drafted"),
    "catalogue.draft_withdrawal": gettext_lazy("drafted, to take the event out of force"),
    "catalogue.edit_event": gettext_lazy("changed"),
    "catalogue.review_event": gettext_lazy("approved"),
    "catalogue.publish_event": gettext_lazy("published"),
    "catalogue.withdraw_event": gettext_lazy("published, the event is out of force"),
    "catalogue.discard_event": gettext_lazy("thrown away"),
    "catalogue.import_configuration": gettext_lazy("brought in with a configuration"),
    "law.import": gettext_lazy("brought in with a configuration"),
    "law.draft_table": gettext_lazy("drafted"),
    "law.edit_table": gettext_lazy("changed"),
    "law.publish_table": gettext_lazy("published"),
}
EDITS = frozenset({"catalogue.edit_draft", "catalogue.edit_event", "law.edit_table"})


@dataclass
class _Act:
    """``times``: how often the same person changed the version without anybody else doing something to it."""

    entry: Entry
    kind: str
    key: str
    number: int
    times: int = 1

    @property
    def is_edit(self) -> bool:
        return self.entry.action in EDITS


def of_service(code: str, *, limit: int = 60) -> list[ShownChange]:
    return _shown([Ref("service", code)], limit)


def of_event(code: str, *, limit: int = 60) -> list[ShownChange]:
    return _shown([Ref("event", code)], limit)


def of_all(actor: Actor, *, limit: int = 200) -> list[ShownChange]:
    """On what the actor configures: everything, or the services and the events of the departments."""
    if identity.scope_of(actor).is_platform:
        return _shown([VERSIONS], limit)
    services = catalogue.configurable(actor).values_list("code", flat=True)
    events = EventVersion.objects.filter(lead_role__in=catalogue.functions_of(actor)).values_list("code", flat=True)
    refs = [*(Ref("service", code) for code in services), *(Ref("event", code) for code in events.distinct())]
    return _shown(refs, limit) if refs else []


def _shown(refs: Collection[Ref], limit: int) -> list[ShownChange]:
    acts = list(_together(journal.acts_on(refs, actions=VERBS.keys(), limit=limit), refs))[:limit]
    people = identity.names_of({act.entry.party_id for act in acts if act.entry.party_id})
    reasons = _reasons(acts)
    return [
        ShownChange(
            at=act.entry.at,
            who=people.get(act.entry.party_id or 0, ""),
            verb=_verb(act),
            thing=THINGS[act.kind],
            title=act.key,
            note=act.entry.reason or reasons.get((act.kind, act.key, act.number), ""),
        )
        for act in acts
    ]


def _verb(act: _Act) -> str:
    words = {"number": act.number, "done": VERBS[act.entry.action], "n": act.times}
    if act.times > 1:
        return (
            ngettext("version %(number)d: changed %(n)d time", "version %(number)d: changed %(n)d times", act.times)
            % words
        )
    return _("version %(number)d: %(done)s") % words


def _together(entries: Iterable[Entry], refs: Collection[Ref]) -> Iterator[_Act]:
    """Each act with its version; a row of edits by one person as one, at the time of the last."""
    last: _Act | None = None
    for act in (act for entry in entries for act in _read(entry, refs)):
        if last is not None and last.is_edit and act.is_edit and _same(last, act):
            last.times += 1
            continue
        if last is not None:
            yield last
        last = act
    if last is not None:
        yield last


def _same(one: _Act, other: _Act) -> bool:
    return (one.kind, one.key, one.number, one.entry.party_id) == (
        other.kind,
        other.key,
        other.number,
        other.entry.party_id,
    )


def _read(entry: Entry, refs: Collection[Ref]) -> Iterator[_Act]:
    """One for each version of ``refs`` that the entry names: none for acts of an earlier release, many for an import."""
    for ref in map(Ref.parse, entry.refs):
        if ref.kind in THINGS:
            key, _slash, number = ref.key.rpartition("/")
            if VERSIONS in refs or Ref(ref.kind.removesuffix("_version"), key) in refs:
                yield _Act(entry, ref.kind, key, int(number))


def _reasons(acts: Iterable[_Act]) -> dict[tuple[str, str, int], str]:
    """Why each version was written (two statements)."""
    keys: dict[str, set[str]] = {}
    for act in acts:
        keys.setdefault(act.kind, set()).add(act.key)
    services = ServiceVersion.objects.filter(service__code__in=keys.get("service_version", ()), loaded_hash="")
    events = EventVersion.objects.filter(code__in=keys.get("event_version", ()), loaded_hash="")
    found = {
        ("service_version", code, number): reason
        for code, number, reason in services.values_list("service__code", "number", "change_reason")
    }
    return found | {
        ("event_version", code, number): reason
        for code, number, reason in events.values_list("code", "number", "change_reason")
    }
