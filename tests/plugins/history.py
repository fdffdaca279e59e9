"""The demonstration city with its year; and a second life of its cases, through the actions."""

import datetime as dt
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils.translation import override

from egov.casework import actions as casework
from egov.casework.demo import Deed
from egov.casework.models import Case, Decision, OpinionRequest, Rating
from egov.deadlines import actions as deadlines
from egov.deadlines.models import Clock
from egov.documents.actions.files import keep
from egov.documents.models import Credential, IssuedDocument, StoredFile
from egov.intake.demo.city import City
from egov.intake.demo.history import Chunk, Filing
from egov.intake.demo.wholes import WholeFiling
from egov.intake.demo.year import WHOLE_YEAR, Slot, year
from egov.journal.models import Entry
from egov.kernel import outbox, references
from egov.kernel.actor import SYSTEM
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref
from egov.matters import actions as matters
from egov.matters.actions import MemberSpec
from egov.matters.models import Dependency, Matter, Member
from egov.notices.models import Notice
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.payments.models import Bill
from egov.payments.registry import Told
from egov.routing.queries import RouteChoice
from egov.work import actions as work
from egov.work.models import OPEN_ITEMS, ItemEvent, Plan, Step, WorkItem
from portals.console import demonstration
from tests.plugins import database
from tests.plugins.demonstration import another_database, drop

SEED = 7


@dataclass
class Year:
    """A year of filings, laid in bulk; what was laid of each case, and the tales behind them."""

    now: dt.datetime
    filings: list[Filing]
    snapshots: list[dict[str, Any]]


@dataclass
class Wholes:
    """Events of several departments, laid in bulk; what was laid of each."""

    now: dt.datetime
    filings: list[WholeFiling]
    snapshots: list[dict[str, Any]]


@pytest.fixture
def city(db: None, frozen: Callable[[str], dt.datetime], settings: Any) -> dt.datetime:
    """Departments, services, residents, businesses and accounts; the moment at which they stand."""
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]
    now = frozen("2026-11-27 15:00")
    for _stage in demonstration.lay_city(random.Random(SEED)):
        pass
    return now


def lay_year(count: int, now: dt.datetime) -> Year:
    """Lay ``count`` filings, keep what was laid, and take it back, so that the same can be lived again."""
    with transaction.atomic(), override("zh-hans"):
        people = City(now.date())
        chunk = Chunk(random.Random(SEED), people, first_key=1_000_000)
        chunk.lay(year(SEED, count, now=now, city=people))
        laid = Year(now, chunk.told, [snapshot(each.tale.case.reference) for each in chunk.told])
        transaction.set_rollback(True)
    return laid


def lay_wholes(now: dt.datetime, *, wanted: Callable[[Slot], bool] = lambda _slot: True) -> Wholes:
    """As :func:`lay_year`, of the ``wanted`` events of a whole year."""
    with transaction.atomic(), override("zh-hans"):
        people = City(now.date())
        chunk = Chunk(random.Random(SEED), people, first_key=1_000_000)
        slots = year(SEED, WHOLE_YEAR, now=now, city=people)
        chunk.lay([slot for slot in slots if slot.occasion is not None and wanted(slot)])
        laid = Wholes(now, chunk.wholes, [whole_snapshot(each.whole.matter.reference) for each in chunk.wholes])
        transaction.set_rollback(True)
    return laid


EVENTS_AT = dt.datetime(2026, 11, 27, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def _city_with_events(plain_city: str, django_db_blocker: Any) -> Iterator[None]:
    name = f"{database.DATABASE}_events"
    with another_database(django_db_blocker, lambda: plain_city, name), time_machine.travel(EVENTS_AT, tick=False):
        _lay_events()
    with django_db_blocker.unblock():
        database.use(name)
        references.forget_block()
    yield
    with django_db_blocker.unblock():
        database.use(database.DATABASE)
        references.forget_block()
    drop(django_db_blocker, name)


def _lay_events() -> None:
    """The events of a whole year, what their applicants change today, and what the platform sees of it by itself."""
    with transaction.atomic(), override("zh-hans"):
        people = City(EVENTS_AT.date())
        chunk = Chunk(random.Random(SEED), people, first_key=1_000_000)
        chunk.lay([slot for slot in year(SEED, WHOLE_YEAR, now=EVENTS_AT, city=people) if slot.occasion is not None])
        for whole in chunk.wholes:
            whole.change()
    matters.watch_promises(SYSTEM)


@pytest.fixture
def city_with_events(_city_with_events: None, db: None, frozen: Callable[[dt.datetime], dt.datetime]) -> dt.datetime:
    """The city with its events of several departments, at the moment at which they stand so. For modules whose tests
    all work in it."""
    return frozen(EVENTS_AT)


# --- Living it again ---------------------------------------------------------------------------------------


class Reliving:
    """Each deed of a tale, done through its action at its moment."""

    def __init__(self, filing: Filing, frozen: Callable[[dt.datetime], Any], relived: dict[str, str]) -> None:
        self.filing, self.tale, self.frozen = filing, filing.tale, frozen
        self.case = ""
        self.relived = relived

    def run(self, until: dt.datetime) -> str:
        """The reference of the case that lived it."""
        with override("zh-hans"):
            self.frozen(self.filing.opened_at)
            self.open()
            for deed in self.tale.deeds:
                self.frozen(deed.at)
                getattr(self, deed.act, self._act)(deed)
                self.deliver()
        self.frozen(until)
        return self.case

    def open(self) -> None:
        filing, told = self.filing, self.tale.case
        files = [(file.material, self.upload(file.file)) for file in self.tale.files if file.origin == "uploaded"]
        route = RouteChoice.from_json(told.route)
        member = MemberSpec(
            key=told.service.code,
            version=told.version,
            answers=filing.filled.answers,
            files=files,
            route=route,
            price=told.price,
            about=self.relived.get(told.about, ""),
        )
        opened = matters.open_matter(
            filing.filer.actor,
            applicant_id=filing.filer.party.pk,
            title=told.version.name,
            members=[member],
            submission="S",
        )
        self.matter, (case,) = opened.matter, opened.cases
        self.case = case.reference
        if filing.filled.price.lines:
            lines = [
                BillLineSpec(
                    subject=Ref("case", self.case), department_id=case.department_id, text=line.name, amount=line.amount
                )
                for line in filing.filled.price.lines
            ]
            self.bill = payments.raise_bill(
                filing.filer.actor, payer_id=case.applicant_id, subject=Ref("submission", "S"), lines=lines
            )
        self.deliver()

    def upload(self, file: StoredFile) -> int:
        return keep(b"x", name=file.name, content_type=file.content_type, owner_id=file.owner_id).pk

    def deliver(self) -> None:
        """All that was told, and what follows from it; nobody typesets papers here."""
        never = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        handled = 1
        while handled:
            OutboxMessage.objects.filter(name="document_issued", delivered_at=None).update(delivered_at=never)
            handled = sum(outbox.deliver(queue=queue, limit=1000) for queue in ("urgent", "ordinary"))
        failed = OutboxMessage.objects.exclude(last_error="").values_list("last_error", flat=True)
        assert not failed, list(failed)

    def item(self, kind: str) -> WorkItem:
        return WorkItem.objects.filter(subject=f"case:{self.case}", kind=kind, state__in=OPEN_ITEMS).earliest("pk")

    # --- Deeds ----------------------------------------------------------------------------------------------

    def _act(self, deed: Deed) -> None:
        getattr(casework, deed.act)(deed.actor, case=self.case, **deed.how)

    def sweep(self, _deed: Deed) -> None:
        deadlines.mark_missed(SYSTEM)
        self.deliver()
        work.escalate_overdue(SYSTEM)

    def close(self, _deed: Deed) -> None:
        assert casework.close_delivered(SYSTEM) == 1

    def pay(self, _deed: Deed) -> None:
        actor, bill = self.filing.filer.actor, self.bill
        payments.start_payment(actor, bill=bill.reference, gateway="sandbox", method="wallet")
        payment = bill.payments.get()
        fen = int(bill.total * 100)
        payments.settle(gateway="sandbox", told=Told(payment.reference, f"G{payment.pk}", fen, succeeded=True))

    def claim(self, deed: Deed) -> None:
        work.claim(deed.actor, item_id=self.item(deed.how["kind"]).pk)

    def complete_step(self, deed: Deed) -> None:
        how = dict(deed.how)
        item = self.item(how.pop("kind"))
        casework.complete_step(deed.actor, case=self.case, item_id=item.pk, **how)

    def answer_correction(self, deed: Deed) -> None:
        files = [(material, self.upload(file)) for material, file in deed.how["files"]]
        casework.answer_correction(deed.actor, case=self.case, answers=deed.how["answers"], files=files)

    def give_opinion(self, deed: Deed) -> None:
        asked = OpinionRequest.objects.get(case__reference=self.case, answered_at=None)
        casework.give_opinion(deed.actor, opinion_id=asked.pk, **deed.how)


class RelivingWhole(Reliving):
    """The deeds of all cases of a whole, in the order of time; what was brought into being has another key here."""

    def __init__(self, filing: WholeFiling, frozen: Callable[[dt.datetime], Any]) -> None:
        self.whole, self.frozen = filing, frozen
        self.case, self.closed = "", 0

    def run(self, until: dt.datetime) -> str:
        """The reference of the matter that lived it."""
        tales = self.whole.tales.items()
        deeds = [(deed.at, place, key, deed) for place, (key, tale) in enumerate(tales) for deed in tale.deeds]
        with override("zh-hans"):
            self.frozen(self.whole.opened_at)
            self.open()
            for at, _place, key, deed in sorted(deeds, key=lambda each: each[:2]):
                self.frozen(at)
                self.case = Member.objects.get(matter=self.matter, key=key).case
                getattr(self, deed.act, self._act)(self._of_here(deed))
                self.deliver()
        self.frozen(until)
        assert self.closed == sum(deed.act == "close" for _at, _place, _key, deed in deeds)
        return self.matter.reference

    def open(self) -> None:
        whole, filer = self.whole.whole, self.whole.filer
        files = {file.pk: self.upload(file) for _material, file in self.whole.filled.files}
        opened = matters.open_matter(
            filer.actor,
            applicant_id=filer.party.pk,
            title=whole.matter.title,
            need=whole.matter.need,
            event=whole.matter.event,
            members=[
                replace(spec, files=[(material, files[pk]) for material, pk in spec.files]) for spec in whole.specs
            ],
            submission="S",
            lead=(whole.matter.lead_id or 0, whole.matter.lead_unit_id or 0),
        )
        self.matter = opened.matter
        self.deliver()

    def upload(self, file: StoredFile) -> int:
        """By whoever applies here: a business that was registered has another key."""
        owner = Case.objects.get(reference=self.case).applicant_id if self.case else file.owner_id
        return keep(b"x", name=file.name, content_type=file.content_type, owner_id=owner).pk

    def close(self, _deed: Deed) -> None:
        """Whatever was delivered on the same day goes in the same night."""
        self.closed += casework.close_delivered(SYSTEM)

    def _of_here(self, deed: Deed) -> Deed:
        if not deed.actor.is_applicant:
            return deed
        party = Case.objects.get(reference=self.case).applicant_id
        if party == deed.actor.on_behalf_of_id:
            return deed
        return replace(deed, actor=replace(deed.actor, on_behalf_of_id=party, capacity=f"o-{party}"))


# --- What is compared -------------------------------------------------------------------------------------


def snapshot(reference: str) -> dict[str, Any]:
    """All that hangs on a case, without keys, references and numbers."""
    case = Case.objects.get(reference=reference)
    subject = f"case:{reference}"
    matter = Matter.objects.get(reference=case.matter)
    plans, items = Plan.objects.filter(subject=subject), WorkItem.objects.filter(subject=subject)
    decided = Decision.objects.filter(case=case)
    return {
        "case": [{name: getattr(case, name) for name in _CASE.split()}],
        "matter": _rows(Matter.objects.filter(pk=matter.pk), "title state opened_at closed_at promised_due_at"),
        "member": _rows(matter.members, "key state started_at ended_at"),
        "transitions": _rows(case.transitions, "at act before after by_post_id by_party_id capacity basis public"),
        "notes": _rows(case.transitions.exclude(act="contest"), "at note"),
        "corrections": _rows(case.corrections, "asked_at items asked_by_id respond_by answered_at"),
        "opinions": _rows(
            case.opinions,
            "asked_at unit_id question shared_fields asked_by_id due_at answered_at answered_by_id answer",
        ),
        "suspensions": _rows(case.suspensions, "from_at procedure reason until ended_at result"),
        "extensions": _rows(case.extensions, "asked_at days reason asked_by_id decided_by_id decided_at approved"),
        "messages": _rows(case.messages, "at from_applicant post_id party_id text read_at"),
        "rating": _rows(Rating.objects.filter(case=case), "at grade tags text verified rectified_at second_grade"),
        "decision": _rows(
            decided,
            "drafted_at outcome reasons citations trace drafted_by_id signed_by_id signed_at contest_by letter__template",
        ),
        "outputs": [sorted(each.data) for each in decided],
        "files": _rows(case.files, "added_at material origin"),
        "clocks": _rows(
            Clock.objects.filter(subject=subject),
            "started_at kind limit unit due_at paused_at stopped_at missed_at extended_by basis",
        ),
        "plan": _rows(plans, "started_at key context due_at state finished_at"),
        "steps": _rows(Step.objects.filter(plan__in=plans), "entered_at key round state outcome persons finished_at"),
        "items": _rows(items, _ITEM),
        "item events": _rows(ItemEvent.objects.filter(item__in=items), "at act by_id note"),
        "papers": _rows(IssuedDocument.objects.filter(subject=subject), "issued_at template title language"),
        "credentials": _rows(Credential.objects.filter(case=reference), "document__issued_at type valid_from valid_to"),
        "notices": _rows(
            Notice.objects.filter(subject=subject), "created_at kind recipient_id needs_action title body"
        ),
        "bills": _rows(Bill.objects.filter(lines__subject=subject), "created_at total state paid_at"),
        "journal": _rows(_entries(subject), "at action account_id capacity on_behalf_of_id department_id"),
        "digests": _rows(_entries(subject).filter(action__in=_COMPARED), "at action content_digest"),
    }


def whole_snapshot(reference: str) -> dict[str, Any]:
    """A matter with all that hangs on its cases, by member; what its members brought into being by what it is."""
    matter = Matter.objects.get(reference=reference)
    subject = f"matter:{reference}"
    found = {
        "matter": _rows(Matter.objects.filter(pk=matter.pk), _MATTER),
        "members": _rows(
            matter.members, "key state order optional pending__answers outputs started_at ended_at undone"
        ),
        "edges": _rows(Dependency.objects.filter(matter=matter), "before__key after__key group passes"),
        "told": _rows(Notice.objects.filter(subject=subject, kind="members_undone"), "created_at recipient_id body"),
        "noted": _rows(_entries(subject), "at action capacity content_digest"),
        **{member.key: snapshot(member.case) for member in matter.members.exclude(case="")},
    }
    for key in found.keys() - _OF_THE_WHOLE:
        del found[key]["matter"], found[key]["member"]  # compared once, above
    return _by_what_it_is(found, matter)


_OF_THE_WHOLE = {"matter", "members", "edges", "told", "noted"}


def _by_what_it_is(found: dict[str, Any], matter: Matter) -> dict[str, Any]:
    """Numbers and keys that were drawn for what came into being, replaced by the names of the outputs."""
    drawn = {
        str(value): name
        for outputs in matter.members.order_by("key").values_list("outputs", flat=True)
        for name, value in sorted(outputs.items())
        if len(str(value)) >= 4
    }
    longest_first = sorted(drawn, key=len, reverse=True)
    pattern = re.compile("|".join(rf"\b{re.escape(value)}\b" for value in longest_first) or r"(?!)")

    def named(value: Any) -> Any:
        match value:
            case dict():
                return {key: named(each) for key, each in value.items()}
            case list():
                return sorted(map(named, value), key=lambda each: json.dumps(each, default=str, sort_keys=True))
            case str():
                return pattern.sub(lambda one: drawn[one[0]], value)
            case int() if str(value) in drawn:
                return drawn[str(value)]
        return value

    return {key: named(value) for key, value in found.items()}


_MATTER = "title need event state capacity applicant_id lead_id lead_unit_id opened_at closed_at promised_due_at"


def _entries(subject: str) -> Any:
    """Filing and paying are recorded by whoever calls; here that is the test. What the platform fetches from registers
    for a case is not laid."""
    return Entry.objects.filter(refs__contains=[subject]).exclude(
        action__in=["intake.submit", "casework.fetch_evidence"]
    )


def _rows(rows: Any, names: str) -> list[dict[str, Any]]:
    """In an order that does not depend on keys; a digest as hex."""
    found = [
        {key: bytes(value).hex() if isinstance(value, memoryview) else value for key, value in row.items()}
        for row in rows.values(*names.split())
    ]
    return sorted(found, key=lambda row: json.dumps(row, default=str, sort_keys=False))


_COMPARED = [
    f"casework.{act}" for act in ("accept", "complete_step", "draft_decision", "sign_decision", "rate", "suspend")
]
_CASE = """procedure applicant_id filed_by_id capacity title department_id unit_id region route state outcome price
language handler_id received_at accepted_at promised_due_at statutory_due_at decided_at delivered_at closed_at overdue_at
lock_version"""
_ITEM = """created_at kind title subtitle task topic department_id unit_id role assignee_id excluded_persons state outcome
note priority due_at paused claimed_at done_at done_by_id escalated_at step__key step__round"""
