"""One form for several departments, filed in the past, and the cases it became, each when its turn came."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from egov.casework.actions import CaseSpec
from egov.casework.demo import Course, Tale
from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.documents.models import StoredFile
from egov.identity.models import Party
from egov.intake import queries, rules
from egov.intake.actions import propose_change
from egov.intake.actions.filing import Request, filed_member, lead_of
from egov.intake.demo.answers import FilledWhole, Unfit, fill_whole
from egov.intake.demo.city import City, Filer
from egov.intake.demo.events import Occasion
from egov.intake.demo.year import Slot
from egov.intake.taking import TakenFile
from egov.kernel import clock, references
from egov.kernel.actor import ANONYMOUS
from egov.kernel.text import LocalisedText
from egov.matters.demo import CASE_EVENTS, Filed, PastMatter, PastWhole, begin_whole
from egov.notices.demo import PastNotice, past_notice
from egov.routing import queries as routing

LANGUAGE = "zh-Hans"
Live = Callable[[random.Random, Tale, Filer, Course], None]  # lets chance tell a case


@dataclass
class WholeFiling:
    """What was filed for an event. ``tales``: member → its case, once it was opened."""

    slot: Slot
    occasion: Occasion
    key: int
    reference: str
    channel: str
    filled: FilledWhole
    whole: PastWhole
    rng: random.Random
    tales: dict[str, Tale] = field(default_factory=dict)

    @property
    def filer(self) -> Filer:
        return self.slot.filer

    @property
    def answers(self) -> dict[str, Any]:
        return self.filled.answers

    @property
    def opened_at(self) -> dt.datetime:
        return self.slot.at

    @property
    def read_at(self) -> Callable[[dt.datetime], dt.datetime | None]:
        return next(iter(self.tales.values())).read_at

    @property
    def first_cases(self) -> list[Case]:
        """Those that were opened on filing."""
        return [self.tales[spec.key].case for spec in self.whole.specs if not spec.depends_on]

    @property
    def title(self) -> LocalisedText:
        title: LocalisedText = self.whole.matter.title
        return title

    def first(self, city: City, live: Live) -> list[Tale]:
        """The cases of what waits for nothing."""
        opened = [
            self._open(city, spec.key, self.whole.spec_of(spec.key), self.opened_at)
            for spec in self.whole.specs
            if not spec.depends_on
        ]
        self.whole.open({key: self.tales[key].case for key in self.tales})
        for tale in opened:
            live(self.rng, tale, self.filer, self._course(tale))
        return opened

    def next(self, city: City, live: Live) -> list[Tale]:
        """Follow the cases laid so far; those that open now."""
        for key, tale in self.tales.items():
            decision = tale.decision if tale.granting else None
            self.whole.follow(key, tale.case, decision.data if decision else {})
        opened = []
        for key, spec, at in list(self.whole.starting()):
            tale = self._open(city, key, spec, at)
            self.whole.start(key, tale.case, at)
            live(self.rng, tale, self.filer, self._course(tale))
            opened.append(tale)
        return opened

    def _open(self, city: City, key: str, spec: CaseSpec, at: dt.datetime) -> Tale:
        filer = self.filer
        applicant, actor = filer.party, filer.actor
        if spec.applicant_id != applicant.pk:  # the business that an earlier member has registered
            applicant = Party.objects.get(pk=spec.applicant_id)
            actor = city.representative(filer.actor.party_id or 0, applicant)
        tale = Tale(
            actor,
            spec,
            at,
            applicant=applicant,
            unit=city.units[spec.route.unit_id],
            officers=city.officers,
            by_platform=bool(self.whole.needs_of[key]),
        )
        tale.case.pk = self.key + list(self.whole.references).index(key)
        self.tales[key] = tale
        return tale

    def _course(self, tale: Tale) -> Course:
        """Granted, unless it is told otherwise: of many members chance would make one fail too often."""
        usual = replace(self.slot.course, outcome="granted")
        return self.occasion.courses.get(tale.case.service.code, usual)

    def notices(self) -> Iterator[PastNotice]:
        for at, event in self.whole.events():
            told = past_notice(event, named=self.title, at=at, read_at=self.read_at(at))
            if told is not None:
                yield told
        for tale in self.tales.values():
            if tale.case.applicant_id != self.filer.party.pk:  # a business's by now: whoever began it hears as well
                for at, made in tale.events:
                    happened = made()
                    told = past_notice(happened, named=tale.case.title, at=at, read_at=tale.read_at(at))
                    if told is not None and isinstance(happened, CASE_EVENTS):
                        yield replace(told, recipient_id=self.filer.party.pk)

    def matter(self) -> PastMatter:
        return self.whole.end()

    def change(self) -> None:
        """What its applicant corrects today, done as anybody does it."""
        if (change := self.occasion.change) is not None:
            matter, answers = self.whole.matter.reference, {change.question: change.answer}
            propose_change(self.filer.actor, matter=matter, answers=answers, reason=change.reason)


def _taken(filled: FilledWhole) -> tuple[TakenFile, ...]:
    """The files with rows, as filing takes them."""
    rows = StoredFile.objects.bulk_create([file for _material, file in filled.files])
    return tuple(
        TakenFile(material, row.pk, row.reference, row.content_type, row.size)
        for (material, _file), row in zip(filled.files, rows, strict=True)
    )


def file_whole(rng: random.Random, slot: Slot, occasion: Occasion, *, key: int) -> WholeFiling:
    """Raises ``Unfit``."""
    filer, at, day = slot.filer, slot.at, clock.local(slot.at).date()
    plan = routing.plan_bundle(ANONYMOUS, event=occasion.event, answers=occasion.answers)
    bundle = queries.bundle_of(plan, frozenset(occasion.services))
    if not plan.is_settled or len(bundle.members) < 2:
        raise Unfit(f"{occasion.event}: {plan.to_ask or 'nothing to file together'}")
    first = catalogue.version(bundle.members[0].version)
    form = queries.form_of(bundle, first)
    members = queries.members_of(bundle, first, form)
    filled = fill_whole(
        rng, form, members, filer, at, rules.fitting(form, {**queries.answered_by(plan), **occasion.knows})
    )
    online = clock.local(at).weekday() >= 5 or not 8 <= clock.local(at).hour < 18 or rng.random() < 0.9
    request = Request(
        reference=references.draw("S", day=day),
        version=first,
        applicant_kind=filer.kind,
        applicant_name=filer.party.name,
        region=filer.region,
        answers=filled.answers,
        sources={},
        files=_taken(filled),
        channel="web" if online else "hall",
        language=LANGUAGE,
        need=occasion.need,
        event=occasion.event,
        bundle=bundle,
    )
    filed = [filed_member(request, member, filled.checked, {}) for member in members]
    if any(each.price.lines for each in filed):
        raise Unfit(f"{occasion.event}: the bill of a whole is not laid")
    whole = begin_whole(
        key=key,
        filed=Filed(
            references.draw("M", day=day),
            request.reference,
            filer.party.pk,
            filer.actor.party_id,
            filer.actor.capacity,
            LANGUAGE,
        ),
        specs=[each.spec for each in filed],
        references={each.spec.key: references.draw("C", day=day) for each in filed},
        title=catalogue.event(occasion.event).name,
        need=occasion.need,
        event=occasion.event,
        event_version=bundle.event_version,
        determinants=bundle.answers,
        lead=lead_of(request, filed),
        at=at,
    )
    return WholeFiling(slot, occasion, key, request.reference, request.channel, filled, whole, rng)
