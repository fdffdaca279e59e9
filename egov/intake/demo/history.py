"""Laying the year in chunks, the newest first. A chunk is laid whole or not at all, and never twice."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils.translation import override

from egov.casework.actions import CaseSpec
from egov.casework.demo import Course, Story, Tale, lay_tales
from egov.casework.models import Case, CaseState
from egov.casework.rules.guards import CONTESTED_HERE
from egov.catalogue import queries as catalogue
from egov.contracts.cases import SubmissionAccepted
from egov.contracts.money import BillPaid
from egov.intake import queries
from egov.intake.demo.answers import Filled, Unfit, fill, new_file
from egov.intake.demo.city import City, Filer
from egov.intake.demo.wholes import WholeFiling, file_whole
from egov.intake.demo.year import Slot, year
from egov.intake.models import Draft, Submission
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock, idempotency, money, references
from egov.kernel.models import DemoState
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.matters.demo import PastMatter, lay_matters, of_one_case
from egov.matters.models import Matter
from egov.notices.demo import PastNotice, lay_notices, past_notice
from egov.payments.actions import BillLineSpec
from egov.payments.demo import PastBill, lay_bills, lay_reconciliations

logger = structlog.get_logger(__name__)

STAGE, BEGUN = "history", "history begun"
CHUNK = 150
DRAFTS = 40
ROOM = 16  # keys kept for each filing: of its cases, or of its case and one that contests the decision


@dataclass
class Filing:
    """What was filed, and the case it became."""

    slot: Slot
    filer: Filer
    filled: Filled
    tale: Tale
    key: int
    reference: str = ""
    channel: str = "web"

    @property
    def opened_at(self) -> dt.datetime:
        return self.tale.opened_at

    @property
    def paid_at(self) -> dt.datetime | None:
        return next((deed.at for deed in self.tale.deeds if deed.act == "pay"), None)

    @property
    def answers(self) -> dict[str, Any]:
        return self.filled.answers

    @property
    def read_at(self) -> Callable[[dt.datetime], dt.datetime | None]:
        return self.tale.read_at

    @property
    def first_cases(self) -> list[Case]:
        """Those that were opened on filing."""
        return [self.tale.case]

    @property
    def title(self) -> LocalisedText:
        title: LocalisedText = self.tale.case.title
        return title

    def matter(self) -> PastMatter:
        case, decision = self.tale.case, self.tale.decision
        return of_one_case(
            key=self.key,
            case=case,
            opened_at=self.opened_at,
            promised_due_at=self.tale.opened_promise,
            ended_at=case.decided_at or case.closed_at,
            outputs=decision.data if self.tale.granting and decision else {},
        )


def begin(count: int) -> None:
    """Say that a year of ``count`` filings is to be laid, which ends now. Saying it again changes nothing.

    Keys are kept for all of it, so that lists by key are lists by time although the newest come first.
    """
    with transaction.atomic():
        _begun, new = DemoState.objects.get_or_create(
            stage=BEGUN, defaults={"total": count, "finished_at": clock.now()}
        )
        if new:
            DemoState.objects.filter(stage=BEGUN).update(done=_keep_keys(count * ROOM))
        DemoState.objects.get_or_create(stage=STAGE, defaults={"total": count})


def _keep_keys(count: int) -> int:
    """The first of ``count`` keys that cases, matters and submissions will not draw themselves."""
    tables = [model._meta.db_table for model in (Case, Matter, Submission)]
    with connection.cursor() as cursor:
        sequences = []
        for table in tables:
            cursor.execute("select pg_get_serial_sequence(%s, 'id')", [table])
            sequences.append(cursor.fetchone()[0])
        drawn = []
        for sequence in sequences:
            cursor.execute("select nextval(%s)", [sequence])
            drawn.append(cursor.fetchone()[0])
        first = int(max(drawn)) + 1
        for sequence in sequences:
            cursor.execute("select setval(%s, %s)", [sequence, first + count])
    return first


def is_finished() -> bool:
    """Also when none was begun."""
    return not DemoState.objects.filter(stage=STAGE, finished_at__isnull=True).exists()


def lay_chunks(seed: int, *, size: int = CHUNK) -> Iterator[DemoState]:
    """Lay what is left of the year that was begun; yields the progress after each chunk that is committed."""
    begun = DemoState.objects.filter(stage=BEGUN).first()
    if begun is None or begun.finished_at is None or is_finished():
        return
    now = begun.finished_at
    city = City(clock.local(now).date())
    slots = year(seed, begun.total, now=now, city=city)
    while (state := _lay_next(seed, slots, city, first_key=begun.done, now=now, size=size)) is not None:
        yield state


@transaction.atomic
def _lay_next(
    seed: int, slots: Sequence[Slot], city: City, *, first_key: int, now: dt.datetime, size: int
) -> DemoState | None:
    """The next chunk with the progress, in one transaction. None: all is laid, or another worker lays."""
    open_ = DemoState.objects.select_for_update(skip_locked=True).filter(stage=STAGE, finished_at__isnull=True)
    state = open_.first()
    if state is None:
        return None
    chunk = slots[state.done : state.done + size]
    with override("zh-hans"):
        if state.done == 0:
            _lay_drafts(random.Random(f"{seed}:drafts"), slots)  # noqa: S311 - reproducible, not secret
        laid = Chunk(random.Random(f"{seed}:{state.done}"), city, first_key)  # noqa: S311
        laid.lay(chunk)
        for whole in laid.wholes:
            whole.change()
    state.done += len(chunk)
    if state.done >= len(slots):
        state.finished_at = clock.now()
        today = clock.local(now).date()
        lay_reconciliations(today - dt.timedelta(days=365), today - dt.timedelta(days=1))
    state.save(update_fields=["done", "finished_at"])
    return state


class Chunk:
    """Filings of the year, told and then written together."""

    def __init__(self, rng: random.Random, city: City, first_key: int) -> None:
        self.rng, self.city, self.first_key = rng, city, first_key
        self.filings: list[Filing] = []
        self.wholes: list[WholeFiling] = []
        self.told: list[Filing] = []

    def lay(self, slots: Sequence[Slot]) -> None:
        for slot in slots:
            try:
                self._tell(slot)
            except Unfit as error:
                logger.warning("demo_form_not_filled", error=str(error))
        self.told = [*self.filings]  # who contests comes after what is contested
        self.filings.sort(key=lambda each: each.opened_at)
        notices = self._lay_cases()
        self._lay_submissions()
        notices += self._lay_bills()
        notices += [notice for each in self.filings if (notice := _receipt(each))]
        notices += [notice for whole in self.wholes if (notice := _receipt(whole))]
        notices += [notice for whole in self.wholes for notice in whole.notices()]
        lay_notices(notices)

    def _lay_cases(self) -> list[PastNotice]:
        """All that were opened on filing; then, as long as there are any, those that had waited for them."""
        tales = [each.tale for each in self.filings]
        tales += [tale for whole in self.wholes for tale in whole.first(self.city, self._live)]
        notices: list[PastNotice] = []
        while tales:
            notices += lay_tales(self.rng, sorted(tales, key=lambda tale: tale.opened_at))
            tales = [tale for whole in self.wholes for tale in whole.next(self.city, self._live)]
        return notices

    # --- Telling ----------------------------------------------------------------------------------------------

    def _tell(self, slot: Slot) -> None:
        rng = random.Random(slot.seed)  # noqa: S311 - reproducible, not secret
        key = self.first_key + ROOM * slot.number
        if slot.occasion is not None:
            self.wholes.append(file_whole(rng, slot, slot.occasion, key=key))
            return
        filing = self._file(rng, slot, slot.service, slot.filer, slot.at, key=key)
        self._live(rng, filing.tale, slot.filer, slot.course)
        self._perhaps_contest(rng, filing)

    def _file(
        self, rng: random.Random, slot: Slot, service: str, filer: Filer, at: dt.datetime, *, key: int, about: str = ""
    ) -> Filing:
        version = catalogue.published(service)
        given = {"contested_case": about, "respondent": "", "learned_on": ""} if about else None
        if given:
            contested = self.filings[-1].tale.case
            given["respondent"] = localise(contested.department.full_name, "zh-Hans")
            told = contested.delivered_at or contested.closed_at or at
            given["learned_on"] = clock.local(told).date().isoformat()
        filled = fill(rng, version, filer, at, given)
        form = queries.form_for(version)
        route = queries.route_for(version, form, filled.answers, region=filer.region, applicant_kind=filer.kind)
        day = clock.local(at).date()
        submission = references.draw("S", day=day)
        spec = CaseSpec(
            version=version,
            applicant_id=filer.party.pk,
            filed_by_id=filer.actor.party_id,
            capacity=filer.actor.capacity,
            matter=references.draw("M", day=day),
            submission=submission,
            reference=references.draw("C", day=day),
            route=route,
            answers=filled.answers,
            price=filled.price.total,
            title=version.name,
            about=about,
        )
        unit = self.city.units[route.unit_id]
        tale = Tale(filer.actor, spec, at, applicant=filer.party, unit=unit, officers=self.city.officers)
        tale.case.pk = key
        for material, file in filled.files:
            tale.attach(material, file)
        online = clock.local(at).weekday() >= 5 or not 8 <= clock.local(at).hour < 18 or rng.random() < 0.85
        filing = Filing(slot, filer, filled, tale, key, submission, "web" if online else "hall")
        self.filings.append(filing)
        return filing

    def _live(self, rng: random.Random, tale: Tale, filer: Filer, course: Course) -> None:
        roles = [each["department_role"] for each in tale.case.version.opinions]
        units = [unit for role in roles if (unit := self.city.unit_of(role, filer.region))]
        advisers = [unit for unit in units if unit.pk != tale.case.unit_id and self.city.officers.by_unit.get(unit.pk)]
        version, owner = tale.case.version, tale.case.applicant_id
        Story(
            rng,
            tale,
            course,
            advisers=advisers,
            new_file=lambda material, at: new_file(version, material, owner, at),
        ).tell()

    def _perhaps_contest(self, rng: random.Random, filing: Filing) -> None:
        """Some of those who were refused contest it, within the time for it."""
        tale, case = filing.tale, filing.tale.case
        told = case.delivered_at or case.closed_at
        outcome = case.outcome or case.state
        open_ = any(remedy.kind in CONTESTED_HERE for remedy in tale.procedure.remedies_for(outcome))
        if outcome not in ("refused", CaseState.NOT_ACCEPTED) or told is None or not open_ or rng.random() > 0.3:
            return
        version = queries.remedy_service()
        # After all that is told of the refused case, the nightly closing included.
        at = max(told + dt.timedelta(days=rng.uniform(2, 30)), tale.now + dt.timedelta(hours=1))
        now = filing.slot.course.now
        late = at > told + dt.timedelta(days=50)  # 60 days are given
        if (
            version is None
            or late
            or at >= now
            or filing.filer.kind == "department"
            or not filing.filer.actor.is_applicant
        ):
            return
        tale.contested(at, "")
        later = self._file(
            rng, filing.slot, version.service.code, filing.filer, at, key=filing.key + 1, about=case.reference
        )
        tale.transitions[-1].note = later.tale.case.reference
        self._live(rng, later.tale, later.filer, Course(now=now))

    # --- Writing ----------------------------------------------------------------------------------------------

    def _lay_submissions(self) -> None:
        sent: list[Filing | WholeFiling] = [*self.filings, *self.wholes]
        sent.sort(key=lambda each: each.opened_at)
        matters = [each.matter() for each in sent]
        lay_matters(matters)
        Submission.objects.bulk_create(
            [
                Submission(
                    pk=each.key,
                    reference=each.reference,
                    applicant_id=each.filer.party.pk,
                    filed_by_id=each.filer.actor.person_id,
                    capacity=each.filer.actor.capacity,
                    channel=each.channel,
                    answers=each.answers,
                    answers_digest=idempotency.digest_of(each.answers),
                    matter=past.matter.reference,
                    at=each.opened_at,
                )
                for each, past in zip(sent, matters, strict=True)
            ]
        )
        lay_entries(
            PastAct(
                each.opened_at,
                each.filer.actor,
                "intake.submit",
                [
                    Ref("submission", each.reference),
                    Ref("matter", past.matter.reference),
                    *(Ref("case", case.reference) for case in each.first_cases),
                    Ref("party", str(each.filer.party.pk)),
                ],
                each.answers,
            )
            for each, past in zip(sent, matters, strict=True)
        )
        lay_entries(act for whole in self.wholes for act in whole.whole.acts())

    def _lay_bills(self) -> list[PastNotice]:
        billed = [each for each in self.filings if each.filled.price.lines]
        rows = lay_bills(self.rng, [self._bill(each) for each in billed])
        told = []
        for each, row in zip(billed, rows, strict=True):
            if each.paid_at is None:
                continue
            fen = money.to_fen(row.total)
            paid = BillPaid(bill=row.reference, subjects=[str(each.tale.ref)], payer_id=row.payer_id, amount_fen=fen)
            notice = past_notice(
                paid, named=each.filled.price.lines[0].name, at=each.paid_at, read_at=each.tale.read_at(each.paid_at)
            )
            told += [notice] if notice else []
        return told

    def _bill(self, each: Filing) -> PastBill:
        return PastBill(
            payer_id=each.filer.party.pk,
            subject=Ref("submission", each.reference),
            lines=[
                BillLineSpec(
                    subject=each.tale.ref,
                    department_id=each.tale.case.department_id,
                    text=line.name,
                    amount=line.amount,
                    basis=line.basis.get("zh-Hans", "")[:200],
                )
                for line in each.filled.price.lines
            ],
            created_at=each.opened_at,
            paid_at=each.paid_at,
            method=self.rng.choices(("wallet", "card"), (4, 1))[0],
        )


def _receipt(each: Filing | WholeFiling) -> PastNotice | None:
    event = SubmissionAccepted(
        submission=each.reference,
        matter=each.first_cases[0].matter,
        applicant_id=each.filer.party.pk,
        cases=[case.reference for case in each.first_cases],
    )
    at = each.opened_at
    return past_notice(event, named=each.title, at=at, read_at=each.read_at(at))


def _lay_drafts(rng: random.Random, slots: Sequence[Slot]) -> None:
    """Forms that people began and have not sent."""
    rows = []
    lately = [slot for slot in slots if slot.occasion is None][:400]
    for slot in [slot for slot in lately if slot.filer.actor.is_applicant][:: max(len(lately) // DRAFTS, 1)]:
        version = catalogue.published(slot.service)
        try:
            answers = fill(rng, version, slot.filer, slot.at).answers
        except Unfit:
            continue
        form = queries.form_for(version)
        typed = [key for key in answers if not form.by_key[key].is_file]
        kept = typed[: rng.randint(2, max(len(typed) - 1, 2))]
        page = form.page_of[kept[-1]].key if kept else ""
        saved = slot.course.now - dt.timedelta(hours=rng.uniform(0.5, 300))
        rows.append(
            Draft(
                reference=references.draw("D", day=clock.local(saved).date()),
                applicant=slot.filer.party,
                author_id=slot.filer.actor.party_id or 0,
                capacity=slot.filer.actor.capacity,
                version=version,
                region=slot.filer.region,
                answers={key: answers[key] for key in kept},
                page=page,
                started_at=saved - dt.timedelta(minutes=rng.randint(3, 40)),
                saved_at=saved,
                revision=rng.randint(1, 8),
            )
        )
    Draft.objects.bulk_create(rows)
