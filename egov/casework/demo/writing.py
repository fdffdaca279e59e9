"""Laying tales: some thirty inserts for any number of cases, in the caller's transaction."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov.casework import deciding, letters
from egov.casework.demo.tale import Tale
from egov.casework.models import (
    Case,
    CaseFile,
    CorrectionRequest,
    Decision,
    Extension,
    Message,
    OpinionRequest,
    Rating,
    Suspension,
    Transition,
)
from egov.contracts.documents import CredentialIssued
from egov.deadlines.demo import lay_clocks
from egov.documents.demo import PastCredential, PastDocument, lay_credentials, lay_documents
from egov.documents.models import Credential, StoredFile
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock
from egov.kernel.refs import Ref
from egov.kernel.registries import Registry
from egov.kernel.text import localise
from egov.law.demo import lay_citations
from egov.notices.demo import PastNotice, past_notice
from egov.work.demo import lay_work

BATCH = 500


@dataclass
class PastEffect:
    """A favourable decision of the past whose effect is to be laid; ``outputs`` are for the handler to fill."""

    tale: Tale
    options: Mapping[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        return self.tale.case

    def note(self, action: str, party_id: int, content: Any = None) -> PastAct:
        """The journal's entry of the effect, by whoever decided."""
        made = self.tale.granting
        if made is None:
            raise ValueError("no decision was made")
        refs = [Ref("party", str(party_id)), Ref("case", self.case.reference)]
        return PastAct(made.at, made.actor, action, refs, content)


# Key of an effect -> what lays it in bulk, under the same constraints. Rooms above fill it in their ``demo.py``.
past_effects: Registry[Callable[[Sequence[PastEffect]], None]] = Registry("effects of the past")


def lay_tales(rng: random.Random, tales: Sequence[Tale]) -> list[PastNotice]:
    """Insert cases with all that hangs on them; what was told of them is returned, for the inboxes."""
    told = _grant(rng, tales)
    _lay_papers(rng, tales)
    _lay_rows(tales)
    lay_clocks(tale.clocks for tale in tales)
    lay_work(tale.work for tale in tales)
    lay_citations(
        (tale.ref, tale.decision.citations, clock.local(tale.granting.at).date())
        for tale in tales
        if tale.decision is not None and tale.granting is not None
    )
    lay_entries(
        PastAct(
            each.at,
            each.actor,
            each.action,
            [ref if isinstance(ref, Ref) else ref() for ref in each.refs],
            each.content,
        )
        for tale in tales
        for each in tale.noted
    )
    return [*told, *_notices(tales)]


def _lay_rows(tales: Sequence[Tale]) -> None:
    Case.objects.bulk_create([tale.case for tale in tales], batch_size=BATCH)
    files = [file for tale in tales for file in tale.files]
    StoredFile.objects.bulk_create(
        [each.file for each in files if each.file_id is None and each.file is not None], batch_size=BATCH
    )
    CaseFile.objects.bulk_create(files, batch_size=BATCH)
    moves = [each for tale in tales for each in tale.transitions]
    Transition.objects.bulk_create(moves, batch_size=BATCH)
    CorrectionRequest.objects.bulk_create([each for tale in tales for each in tale.corrections], batch_size=BATCH)
    OpinionRequest.objects.bulk_create([each for tale in tales for each in tale.opinions], batch_size=BATCH)
    Suspension.objects.bulk_create([each for tale in tales for each in tale.suspensions], batch_size=BATCH)
    Extension.objects.bulk_create([each for tale in tales for each in tale.extensions], batch_size=BATCH)
    Decision.objects.bulk_create([tale.decision for tale in tales if tale.decision is not None], batch_size=BATCH)
    Message.objects.bulk_create([each for tale in tales for each in tale.messages], batch_size=BATCH)
    Rating.objects.bulk_create([tale.rating for tale in tales if tale.rating is not None], batch_size=BATCH)


# --- What was granted ------------------------------------------------------------------------------------


def _grant(rng: random.Random, tales: Sequence[Tale]) -> list[PastNotice]:
    """Effects, then credentials; see ``deciding.carry_out``. The letters follow with the other papers."""
    granted = [tale for tale in tales if tale.granting is not None and tale.case.outcome in deciding.FAVOURABLE]
    outputs = {id(tale): dict(tale.decision.data) for tale in granted if tale.decision is not None}
    waiting: dict[str, list[PastEffect]] = defaultdict(list)
    for tale in granted:
        for entry in tale.case.version.effects:
            if tale.case.outcome in entry.get("on", deciding.FAVOURABLE):
                waiting[entry["key"]].append(PastEffect(tale, entry.get("options", {})))
    for key, effects in sorted(waiting.items()):
        past_effects.get(key)(effects)
        for effect in effects:
            outputs[id(effect.tale)] |= effect.outputs
    wanted = [
        (tale, output, _credential(tale, output, outputs[id(tale)]))
        for tale in granted
        for output in deciding.outputs_of(tale.case)
        if output.get("credential")
    ]
    rows = lay_credentials(rng, [spec for _tale, _output, spec in wanted])
    numbers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for (tale, output, _spec), row in zip(wanted, rows, strict=True):
        outputs[id(tale)][f"{output['key']}.number"] = row.number
        numbers[id(tale)].append((localise(output["name"], tale.case.language), row.number))
    for tale in granted:
        outputs[id(tale)] |= deciding.produced_by(tale.case, outputs[id(tale)])
        tale.decision.data = outputs[id(tale)]  # type: ignore[union-attr]
        tale.rows = [*numbers[id(tale)], *deciding.paid(tale.case, outputs[id(tale)])]
    return [_told_of(tale, row) for (tale, _output, _spec), row in zip(wanted, rows, strict=True)]


def _credential(tale: Tale, output: Mapping[str, Any], outputs: Mapping[str, Any]) -> PastCredential:
    case, made = tale.case, tale.granting
    if made is None:
        raise ValueError("no decision was made")
    day = clock.local(made.at).date()
    return PastCredential(
        type=output["credential"],
        holder_id=case.applicant_id,
        issuer_id=case.department_id,
        valid_from=day,
        valid_to=deciding.valid_until(day, output.get("valid_years")),
        issued_at=made.at,
        title=output["name"],
        case=case.reference,
        service=case.service.code,
        data=deciding.elements_of(case, output, outputs),
        template=output.get("template", "certificate"),
        language=case.language,
        actor=made.actor,
    )


def _told_of(tale: Tale, row: Credential) -> PastNotice:
    event = CredentialIssued(
        credential=row.reference, kind=row.type, holder_id=row.holder_id, subject=f"case:{row.case}"
    )
    at = tale.granting.at  # type: ignore[union-attr]
    told = past_notice(event, named=row.document.title, at=at, read_at=tale.read_at(at))  # type: ignore[union-attr]
    if told is None:
        raise ValueError("an issued credential is told of")
    return told


def _lay_papers(rng: random.Random, tales: Sequence[Tale]) -> None:
    """All letters in the order of time; a decision remembers its own."""
    found: list[tuple[PastDocument, Tale | None]] = []
    for tale in tales:
        found += [(_document(each.at, each.actor, each.spec), None) for each in tale.papers]
        made, decision = tale.granting, tale.decision
        if made is not None and decision is not None:
            signatory = tale.officers.names.get(made.actor.party_id or 0, "")
            spec = letters.decision_spec(tale.case, tale.procedure, decision, rows=tale.rows, signatory=signatory)
            found.append((_document(made.at, letters.issuer(made.actor, tale.case), spec), tale))
    found.sort(key=lambda pair: pair[0].issued_at)
    rows = lay_documents(rng, [document for document, _tale in found])
    for row, (_paper, decided) in zip(rows, found, strict=True):
        if decided is not None and decided.decision is not None:
            decided.decision.letter = row


def _document(at: Any, actor: Any, spec: Any) -> PastDocument:
    return PastDocument(
        template=spec.template,
        title=spec.title,
        subject=spec.subject,
        holder_id=spec.holder_id,
        department_id=spec.department_id,
        issued_at=at,
        data=spec.data,
        language=spec.language,
        series=spec.series,
        number=spec.number,
        actor=actor,
    )


# --- What was told ----------------------------------------------------------------------------------------


def _notices(tales: Sequence[Tale]) -> list[PastNotice]:
    found: list[PastNotice] = []
    for tale in tales:
        for at, event in tale.events:
            told = past_notice(event(), named=tale.case.title, at=at, read_at=tale.read_at(at))
            if told is not None:
                found.append(told)
        found += _escalations(tale)
    return found


def _escalations(tale: Tale) -> list[PastNotice]:
    """Who leads the unit hears of late work; see ``work.escalate_overdue``."""
    return [
        PastNotice(
            recipient_id=person,
            key=f"work:{each.item.pk}:overdue:{each.due_at:%Y%m%d%H%M}",
            kind="work_overdue",
            subject=tale.ref,
            named=tale.case.title,
            created_at=each.at,
            context={"title": each.item.title, "task": each.item.task, "due_at": each.due_at},
            needs_action=True,
            read_at=tale.read_at(each.at),
        )
        for each in tale.raised
        for person in tale.officers.leaders(department_id=each.item.department_id, unit_id=each.item.unit_id)
    ]
