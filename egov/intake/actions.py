"""Drafts are kept as they are typed; a submission is taken once, whole, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import actions as casework
from egov.casework import queries as case_queries
from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion, VersionState
from egov.contracts.cases import CaseOpened, SubmissionAccepted
from egov.documents import actions as documents
from egov.documents.models import StoredFile
from egov.identity.models import Party
from egov.intake import queries, rules
from egov.intake.models import Attachment, Draft, Submission
from egov.journal import actions as journal
from egov.kernel import clock, idempotency, outbox, references
from egov.kernel.actor import Actor
from egov.kernel.errors import (
    EgovError,
    FieldError,
    InvalidInput,
    NotFound,
    NotPermitted,
    StaleVersion,
    TransitionNotAllowed,
)
from egov.kernel.refs import Ref
from egov.kernel.text import language_tag, localise
from egov.matters import actions as matters
from egov.matters.actions import MemberSpec
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.registers import actions as registers
from egov.registers import queries as register_queries

MAX_OPEN_DRAFTS = 100
MAX_FILES = 20  # of one draft
MAX_KEY = 100
REAL_NAME = 2  # level of verified identity that a filing needs: who files is bound by it

IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
DOCUMENTS = IMAGES | {"application/pdf"}


class ServiceChanged(StaleVersion):
    """The service has a newer version than the one this draft was started with."""

    code = "service_changed"
    message = _("This service has changed since you began. Look at what is new, then submit.")


class ServiceClosed(EgovError):
    code = "service_closed"
    status = 409
    message = _("This service cannot be filed online at present. Your answers are kept.")


class DraftChanged(StaleVersion):
    """Saved meanwhile from another device or window; ``draft`` is what stands there now."""

    code = "draft_changed"
    message = _("This form was also saved on another device. Nothing you typed is lost: compare and save again.")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


# --- Drafts -----------------------------------------------------------------------------------------
def start_draft(
    actor: Actor,
    *,
    service: str,
    region: str,
    need: str = "",
    event: str = "",
    about: str = "",
    answers: Mapping[str, Any] | None = None,
) -> Draft:
    """A new draft, prefilled with what registers know; ``answers`` given by the caller win over them.

    Raises ``NotFound`` for an unknown service, ``ServiceClosed`` for one that cannot be filed, ``NotPermitted``.
    """
    version = _fileable(service)
    _require_may_file(actor, version.service.code)
    form = queries.form_for(version)
    reference = references.draw("D")
    facts = _facts(actor, form, reference)
    prefilled = {key: fact["value"] for key, fact in facts.items()}
    given = rules.storable(form, answers or {})
    now = clock.now()
    with transaction.atomic():
        if queries.visible_drafts(actor).count() >= MAX_OPEN_DRAFTS:
            raise TransitionNotAllowed(_("You have 100 unfinished forms. Discard some before you begin another."))
        draft = Draft.objects.create(
            reference=reference,
            applicant_id=actor.on_behalf_of_id,
            author_id=actor.party_id,
            capacity=actor.capacity,
            version=version,
            event=event[:10],
            need=rules.tidy(need)[:500],
            about=about,
            region=region,
            answers={**prefilled, **given},
            sources={key: fact for key, fact in facts.items() if key not in given},
            page=form.pages[0].key if form.pages else "",
            saved_at=now,
            started_at=now,
        )
        journal.record(actor, "intake.start_draft", Ref("draft", reference), Ref("party", str(draft.applicant_id)))
    return draft


def require_fileable(actor: Actor, version: ServiceVersion) -> None:
    """Whether the actor may file this service here and now. Raises ``ServiceClosed``, ``NotPermitted``."""
    if not version.service.enabled or not version.is_fileable:
        raise ServiceClosed
    _require_may_file(actor, version.service.code)


def _fileable(service: str) -> ServiceVersion:
    version = catalogue.published(service)
    if not version.service.enabled or not version.is_fileable:
        raise ServiceClosed
    return version


def _require_may_file(actor: Actor, service: str) -> None:
    if not actor.is_applicant:
        raise NotPermitted
    if actor.mandate_services is not None and service not in actor.mandate_services:
        raise NotPermitted(_("Your mandate does not cover this service."))


def _facts(actor: Actor, form: rules.Form, draft: str) -> dict[str, dict[str, Any]]:
    """What registers know, by question: value, register, as-of date. Facts that do not fit a question are left out."""
    by_element = {question.element: question for question in form.questions if question.element}
    if not by_element or actor.on_behalf_of_id is None:
        return {}
    found = register_queries.facts(
        actor,
        party_id=actor.on_behalf_of_id,
        elements=sorted(by_element),
        purpose="prefill",
        subject=Ref("draft", draft),
    )
    facts = {}
    for element, fact in found.items():
        question = by_element[element]
        value = rules.read(question, fact.value)
        if rules.is_right(question, value):
            as_of = fact.as_of.isoformat() if fact.as_of else ""
            facts[question.key] = {"value": value, "register": fact.register, "as_of": as_of}
    return facts


def save_draft(
    actor: Actor, *, draft: str, answers: Mapping[str, Any], page: str = "", revision: int | None = None
) -> Draft:
    """Keep ``answers`` (only the questions it names; null takes an answer back), right or wrong.

    ``revision`` is the one the page was made from. Raises ``DraftChanged`` when the draft was saved since and the
    two differ, ``InvalidInput`` or ``TooLarge`` when it cannot be stored at all.
    """
    with transaction.atomic():
        row = _locked(actor, draft)
        form = queries.form_for(catalogue.version(row.version_id))
        given = rules.storable(form, answers)
        merged = {key: value for key, value in {**row.answers, **given}.items() if value is not None}
        if merged == row.answers and page in ("", row.page):
            return row
        if revision is not None and revision != row.revision and merged != row.answers:
            raise DraftChanged(row)
        row.answers = merged
        row.page = page if form.page(page) else row.page
        row.revision += 1
        row.saved_at = clock.now()
        row.save(update_fields=["answers", "page", "revision", "saved_at"])
    return row


def _locked(actor: Actor, reference: str) -> Draft:
    row = queries.visible_drafts(actor).select_for_update(of=("self",)).filter(reference=reference).first()
    if row is None:
        raise NotFound
    return row


def attach(actor: Actor, *, draft: str, material: str, upload: Any) -> Attachment:
    """Keep a file for a material. A question that takes one file has its earlier one replaced.

    Raises ``InvalidInput`` at the question when type or size do not fit, ``NotFound`` for an unknown material.
    """
    opened = queries.open_draft(actor, reference=draft)
    question = next((each for each in opened.form.file_questions if each.material == material), None)
    if question is None:
        raise NotFound
    if len(opened.attachments) >= MAX_FILES:
        raise InvalidInput.at(
            question.key, "too_many", _("A form takes at most 20 files. Remove one, or put several pages into one PDF.")
        )
    stored = _stored(actor, question, opened.draft.applicant_id, upload)
    with transaction.atomic():
        row = _locked(actor, draft)
        if not question.many:
            row.attachments.filter(material=material).delete()
        attachment = Attachment.objects.create(draft=row, material=material, file=stored, added_at=clock.now())
        _touched(row)
        journal.record(
            actor, "intake.attach", Ref("draft", draft), Ref("file", stored.reference), content=stored.sha256
        )
    return attachment


def keep_upload(actor: Actor, *, version: ServiceVersion, material: str, upload: Any) -> StoredFile:
    """Store a file for a material outside a draft: for a correction, or before a filing through the API.

    Raises ``InvalidInput`` at the question, ``NotFound`` for an unknown material.
    """
    if not actor.is_applicant or actor.on_behalf_of_id is None:
        raise NotPermitted
    question = next((each for each in queries.form_for(version).file_questions if each.material == material), None)
    if question is None:
        raise NotFound
    return _stored(actor, question, actor.on_behalf_of_id, upload)


def _stored(actor: Actor, question: rules.Question, owner_id: int, upload: Any) -> StoredFile:
    try:
        return documents.store_file(
            actor,
            upload=upload,
            owner_id=owner_id,
            max_size=question.max_mb * 1024 * 1024,
            allowed=IMAGES if question.accept == "image" else DOCUMENTS,
        )
    except InvalidInput as error:
        raise InvalidInput([FieldError(question.key, fault.code, fault.message) for fault in error.faults]) from error


def detach(actor: Actor, *, draft: str, attachment: int) -> None:
    """Take a file off. The stored bytes go when nothing else names them."""
    with transaction.atomic():
        row = _locked(actor, draft)
        found = row.attachments.select_related("file").filter(pk=attachment).first()
        if found is None:
            raise NotFound
        found.delete()
        _touched(row)
        journal.record(actor, "intake.detach", Ref("draft", draft), Ref("file", found.file.reference))


def _touched(draft: Draft) -> None:
    draft.saved_at = clock.now()
    draft.save(update_fields=["saved_at"])


def discard(actor: Actor, *, draft: str) -> None:
    """Throw a draft away: its answers and files go, the fact that there was one stays."""
    with transaction.atomic():
        row = _locked(actor, draft)
        row.attachments.all().delete()
        row.answers, row.sources, row.need = {}, {}, ""
        row.discarded_at = clock.now()
        row.save(update_fields=["answers", "sources", "need", "discarded_at"])
        journal.record(actor, "intake.discard", Ref("draft", draft), Ref("party", str(row.applicant_id)))


def migrate_draft(actor: Actor, *, draft: str) -> queries.Migration:
    """Move a draft to the published version of its service; answers that still fit are kept.

    Raises ``ServiceClosed`` when the service can no longer be filed; the draft then stays as it is.
    """
    with transaction.atomic():
        row = _locked(actor, draft)
        old = catalogue.version(row.version_id)
        new = _fileable(old.service.code)
        old_form, new_form = queries.form_for(old), queries.form_for(new)
        kept = {
            key
            for key, question in new_form.by_key.items()
            if key in old_form.by_key and queries.fits(old_form.by_key[key], question)
        }
        row.version = new
        row.answers = {key: value for key, value in row.answers.items() if key in kept}
        row.sources = {key: value for key, value in row.sources.items() if key in kept}
        row.page = row.page if new_form.page(row.page) else ""
        row.revision += 1
        row.saved_at = clock.now()
        row.save(update_fields=["version", "answers", "sources", "page", "revision", "saved_at"])
        journal.record(actor, "intake.migrate_draft", Ref("draft", draft))
    return queries.differences(old_form, new_form)


# --- On a case ----------------------------------------------------------------------------------------
def answer_correction(
    actor: Actor,
    *,
    case: str,
    answers: Mapping[str, Any],
    uploads: Mapping[str, Sequence[Any]] | None = None,
    files: Mapping[str, Sequence[str]] | None = None,
) -> Case:
    """Correct what was listed, under the same validator as the form itself.

    ``answers``: to the listed questions only; ``uploads``: new files by material, ``files``: references of files stored
    before. Raises ``InvalidInput`` naming what is still wrong, ``NotFound``, ``TransitionNotAllowed``.
    """
    asked = queries.open_correction(actor, case=case)
    form = asked.form
    kept = _owned_files(actor, files or {})
    for material, given in (uploads or {}).items():
        for upload in given:
            stored = keep_upload(actor, version=asked.case.version, material=material, upload=upload)
            kept.append((material, stored.pk, stored.reference))
    given = rules.storable(form, {key: answers[key] for key in answers if key in asked.keys})
    merged = {**asked.case.answers, **given}
    references: dict[str, list[str]] = {
        question.material: _as_list(asked.case.answers.get(question.key)) for question in form.file_questions
    }
    for material, _id, reference in kept:
        references[material] = [reference]
    plain = {key: value for key, value in merged.items() if key in form.by_key and not form.by_key[key].is_file}
    checked = rules.check(form, plain, files=references, known=queries.known_codes(form))
    faults = list(checked.faults_on(asked.keys))
    new = {material for material, _id, _reference in kept}
    faults += [
        FieldError(key, "required", rules.missing(form.by_key[key]).message)
        for key in asked.keys
        if form.by_key[key].is_file and form.by_key[key].material not in new
    ]
    if faults:
        raise InvalidInput(faults)
    listed = {item["field"] for item in asked.request.items if "field" in item}
    return casework.answer_correction(
        actor,
        case=case,
        answers={key: checked.answers.get(key) for key in listed},
        files=[(material, file) for material, file, _reference in kept],
    )


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def start_contest(actor: Actor, *, case: str) -> Draft:
    """Begin the application by which a decision is contested; the form already names the decision.

    Raises ``NotFound`` for a stranger, ``TransitionNotAllowed`` (its own reason) when it cannot be contested (any
    more), ``ServiceClosed`` when no such service can be filed here.
    """
    page = case_queries.case_for_applicant(actor, case)
    obstacle = next((each.obstacle for each in page.possibilities if each.act.key == "contest"), TransitionNotAllowed())
    if obstacle is not None:
        raise obstacle
    version = queries.remedy_service()
    if version is None:
        raise ServiceClosed
    told = page.case.delivered_at or page.case.closed_at
    return start_draft(
        actor,
        service=version.service.code,
        region=page.case.region,
        about=case,
        answers={
            "contested_case": case,
            "respondent": localise(page.case.department.full_name),
            "learned_on": clock.local(told).date().isoformat() if told else None,
        },
    )


def consent_to_fetch(actor: Actor, *, draft: str) -> None:
    """The person lets the competent department fetch what registers already hold, for this application only.

    Asking twice changes nothing. Raises ``NotFound``, ``NotPermitted``.
    """
    opened = queries.open_draft(actor, reference=draft)
    party = Party.objects.only("kind").get(pk=opened.draft.applicant_id)
    route = queries.route_of(opened, applicant_kind=party.kind)
    subject = Ref("draft", draft)
    given = register_queries.consents_of(party.pk).filter(
        subject=str(subject), recipient_id=route.department_id, revoked_at__isnull=True
    )
    if given.exists():
        return
    with transaction.atomic():
        registers.give_consents(
            actor,
            party_id=party.pk,
            subject=subject,
            consents=[
                registers.ConsentSpec(
                    recipient_id=route.department_id,
                    elements=[str(material["key"]) for material in opened.shared_materials()],
                    purpose=opened.version.name,
                )
            ],
        )


# --- Submitting -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Request:
    """What is to be filed, from a draft or directly."""

    version: ServiceVersion
    applicant_id: int
    applicant_kind: str
    region: str
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    files: Sequence[tuple[str, int, str]]  # material, id and reference of the stored file
    key: str
    digest: bytes
    channel: str
    draft_id: int | None = None
    need: str = ""
    event: str = ""
    about: str = ""


def submit(actor: Actor, *, draft: str, key: str, language: str = "") -> Submission:
    """File a draft: submission, matter, case, bill, journal and events stand or fall together.

    At most 12 statements. The same draft, or the same ``key``, gives the first result again, also in parallel.
    Raises ``InvalidInput`` naming every fault, ``ServiceChanged`` or ``ServiceClosed``, ``NotPermitted``,
    ``IdempotencyConflict`` when the key was used for something else.
    """
    _require_key(key)
    if not actor.is_applicant:
        raise NotPermitted
    digest = idempotency.digest_of({"draft": draft})
    try:
        with transaction.atomic():
            taken = _take(actor, draft)
            if taken is not None:
                return _file(actor, _from_draft(taken, key, digest), language or language_tag())
    except idempotency.AlreadyDone:
        return _earlier(actor, key, digest)
    earlier = queries.submission_of_draft(actor, draft=draft)
    if earlier is None:
        raise NotFound
    return earlier


def submit_direct(
    actor: Actor,
    *,
    service: str,
    region: str,
    answers: Mapping[str, Any],
    key: str,
    files: Mapping[str, Sequence[str]] | None = None,
    channel: str = "api",
    language: str = "",
    need: str = "",
) -> Submission:
    """File without a draft (API, import, window). ``files``: material → references of files stored before.

    The same ``key`` with the same content gives the first result; with other content ``IdempotencyConflict``.
    """
    _require_key(key)
    version = _fileable(service)
    _require_may_file(actor, version.service.code)
    form = queries.form_for(version)
    given = rules.storable(form, answers)
    unknown = rules.unknown_keys(form, answers)
    if unknown:
        raise InvalidInput(unknown)
    wanted = {material: list(references) for material, references in (files or {}).items()}
    digest = idempotency.digest_of([service, region, given, wanted])
    owner = str(actor.on_behalf_of_id)
    earlier = idempotency.earlier_result(scope=SCOPE, owner=owner, key=key, digest=digest)
    if earlier is not None:
        return Submission.objects.get(reference=earlier)
    party = Party.objects.only("kind").get(pk=actor.on_behalf_of_id)
    request = _Request(
        version=version,
        applicant_id=party.pk,
        applicant_kind=party.kind,
        region=region,
        answers=given,
        sources={},
        files=_owned_files(actor, wanted),
        key=key,
        digest=digest,
        channel=channel,
        need=rules.tidy(need)[:500],
    )
    try:
        with transaction.atomic():
            return _file(actor, request, language or language_tag())
    except idempotency.AlreadyDone:
        return _earlier(actor, key, digest)


SCOPE = "intake.submit"


def _require_key(key: str) -> None:
    if not key or len(key) > MAX_KEY:
        raise InvalidInput.at("key", "required", _("Send an idempotency key of 1 to 100 characters."))


def _owned_files(actor: Actor, wanted: Mapping[str, Sequence[str]]) -> list[tuple[str, int, str]]:
    references = [reference for group in wanted.values() for reference in group]
    if not references:
        return []
    rows = StoredFile.objects.filter(
        reference__in=references, owner_id=actor.on_behalf_of_id, removed_at__isnull=True
    ).values_list("reference", "pk")
    ids = dict(rows)
    missing = [reference for reference in references if reference not in ids]
    if missing:
        raise InvalidInput.at("files", "unknown", _("There is no file %(file)s of yours.") % {"file": missing[0]})
    return [(material, ids[reference], reference) for material, group in wanted.items() for reference in group]


# One statement locks the draft, closes it, and brings what filing it needs.
_TAKE = """
update intake_draft as draft set submitted_at = %(now)s
where reference = %(reference)s and applicant_id = %(applicant)s and submitted_at is null and discarded_at is null
returning id, version_id, applicant_id, region, answers::text, sources::text, need, event, about,
  (select kind from identity_party where identity_party.id = draft.applicant_id),
  (select coalesce(json_agg(json_build_array(attachment.material, file.id, file.reference) order by attachment.id), '[]')::text
   from intake_attachment attachment join documents_storedfile file on file.id = attachment.file_id
   where attachment.draft_id = draft.id)
"""


@dataclass(frozen=True)
class _Taken:
    id: int
    version_id: int
    applicant_id: int
    region: str
    answers: str
    sources: str
    need: str
    event: str
    about: str
    applicant_kind: str
    files: str


def _take(actor: Actor, reference: str) -> _Taken | None:
    """None when the draft is not open (any more), or not theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"now": clock.now(), "reference": reference, "applicant": actor.on_behalf_of_id})
        row = cursor.fetchone()
    return _Taken(*row) if row else None


def _from_draft(taken: _Taken, key: str, digest: bytes) -> _Request:
    return _Request(
        version=catalogue.version(taken.version_id),
        applicant_id=taken.applicant_id,
        applicant_kind=taken.applicant_kind,
        region=taken.region,
        answers=json.loads(taken.answers),
        sources=json.loads(taken.sources),
        files=[(material, file, reference) for material, file, reference in json.loads(taken.files)],
        key=key,
        digest=digest,
        channel="web",
        draft_id=taken.id,
        need=taken.need,
        event=taken.event,
        about=taken.about,
    )


def _file(actor: Actor, request: _Request, language: str) -> Submission:
    version = request.version
    _require_may_submit(actor, version)
    form = queries.form_for(version)
    files: dict[str, list[str]] = {}
    for material, _id, reference in request.files:
        files.setdefault(material, []).append(reference)
    checked = rules.check(form, request.answers, files=files, known=queries.known_codes(form))
    if checked.faults:
        raise InvalidInput(checked.faults)
    asked = {form.by_key[key].material for key in checked.visible if form.by_key[key].is_file}
    route = queries.route_for(
        version, form, checked.answers, region=request.region, applicant_kind=request.applicant_kind
    )
    price = rules.price_of(version.fee, form, checked.answers, name=version.name)
    reference = references.draw("S")
    idempotency.record_result(
        scope=SCOPE, owner=str(request.applicant_id), key=request.key, digest=request.digest, result=reference
    )
    sources = _sources(request.sources, checked.answers)
    opened = matters.open_matter(
        actor,
        applicant_id=request.applicant_id,
        title=version.name,
        need=request.need,
        event=request.event,
        submission=reference,
        language=language,
        members=[
            MemberSpec(
                key=version.service.code,
                version=version,
                answers=checked.answers,
                sources=sources,
                files=[(material, file) for material, file, _reference in request.files if material in asked],
                route=route,
                price=price.total,
                about=request.about,
            )
        ],
    )
    submission = Submission.objects.create(
        reference=reference,
        draft_id=request.draft_id,
        applicant_id=request.applicant_id,
        filed_by_id=actor.party_id,
        capacity=actor.capacity,
        channel=request.channel,
        answers=checked.answers,
        sources=sources,
        answers_digest=idempotency.digest_of(checked.answers),
        matter=opened.matter.reference,
        at=opened.matter.opened_at,
    )
    if price.lines:
        _bill(actor, submission, opened, price)
    _tell(actor, submission, opened)
    return submission


def _require_may_submit(actor: Actor, version: ServiceVersion) -> None:
    _require_may_file(actor, version.service.code)
    if actor.assurance < REAL_NAME:
        raise NotPermitted(
            _("Filing needs a verified identity."), way_out=_("Verify your identity in your settings, then submit.")
        )
    if version.state != VersionState.PUBLISHED:
        raise ServiceChanged
    if not version.service.enabled:
        raise ServiceClosed


def _sources(sources: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Where prefilled answers came from; one that the person corrected says so."""
    return {
        key: {**source, "corrected": answers[key] != source.get("value")}
        for key, source in sources.items()
        if key in answers
    }


def _bill(actor: Actor, submission: Submission, opened: matters.OpenedMatter, price: rules.Price) -> None:
    (case,) = opened.cases
    payments.raise_bill(
        actor,
        payer_id=submission.applicant_id,
        subject=Ref("submission", submission.reference),
        lines=[
            BillLineSpec(
                subject=Ref("case", case.reference),
                department_id=case.department_id,
                text=line.name,
                amount=line.amount,
                basis=line.basis.get("zh-Hans", "")[:200],
            )
            for line in price.lines
        ],
    )


def _tell(actor: Actor, submission: Submission, opened: matters.OpenedMatter) -> None:
    journal.record(
        actor,
        "intake.submit",
        Ref("submission", submission.reference),
        Ref("matter", submission.matter),
        *(Ref("case", case.reference) for case in opened.cases),
        Ref("party", str(submission.applicant_id)),
        content=submission.answers,
    )
    outbox.emit(
        SubmissionAccepted(
            submission=submission.reference,
            matter=submission.matter,
            applicant_id=submission.applicant_id,
            cases=[case.reference for case in opened.cases],
        ),
        *(
            CaseOpened(
                case=case.reference,
                matter=submission.matter,
                service=case.service.code,
                department_id=case.department_id,
                applicant_id=case.applicant_id,
            )
            for case in opened.cases
        ),
        request_id=actor.request_id,
    )


def _earlier(actor: Actor, key: str, digest: bytes) -> Submission:
    """The result of the request that won. Raises ``IdempotencyConflict`` when it was another one."""
    reference = idempotency.earlier_result(scope=SCOPE, owner=str(actor.on_behalf_of_id), key=key, digest=digest)
    return Submission.objects.get(reference=reference)
