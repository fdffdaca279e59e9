"""Submitting: taken once, whole, in one transaction: what is filed is taken, checked, and all of it written at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion, VersionState
from egov.contracts.cases import CaseOpened, SubmissionAccepted
from egov.identity.models import PartyKind
from egov.intake import queries, rules, taking
from egov.intake.actions.drafts import fileable, outside_specs, require_fileable, require_may_file
from egov.intake.actions.files import require_fitting
from egov.intake.addressing import require_addressed
from egov.intake.errors import ServiceChanged, ServiceClosed, ServicesChanged
from egov.intake.models import Draft, Submission
from egov.intake.queries import DraftMember, SharedPaper
from egov.intake.rules import Bundle, BundleClaim, BundleEdge
from egov.intake.taking import SCOPE, TakenFile
from egov.journal import actions as journal
from egov.kernel import clock, idempotency, outbox, references, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, enumerated, language_tag, localise
from egov.matters import actions as matters
from egov.matters.actions import MemberSpec
from egov.matters.rules import Needs
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.registers import actions as registers
from egov.registers import queries as facts
from egov.routing.queries import RouteChoice

MAX_KEY = 100
CLAIMED: LocalisedText = {
    "zh-Hans": "申请人称已有“{name}”，编号 {number}，未经核实",
    "en": "The applicant says they have “{name}” already, number {number}; nobody has checked it",
}
REAL_NAME = 2  # level of verified identity that a filing needs: who files is bound by it


@dataclass(frozen=True)
class Request:
    """What is to be filed, from a draft or directly."""

    reference: str
    version: ServiceVersion  # of a bundle, the first
    applicant_kind: str
    applicant_name: str
    region: str
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    files: Sequence[TakenFile]
    channel: str
    language: str
    draft_id: int | None = None
    need: str = ""
    event: str = ""
    about: str = ""
    consent: bool = False
    bundle: Bundle = field(default_factory=Bundle)
    had: str | None = None  # a mark of what the applicant has, see ``taking``


def submit(actor: Actor, *, draft: str, key: str, language: str = "", consent: bool = False) -> Submission:
    """File a draft: submission, matter, case, bill, consents, journal and events stand or fall together.

    ``consent``: each department may fetch what registers hold of the shared materials of its services, for this matter
    only; without it they are handed in like all others (Personal Information Protection Law arts. 13, 14, 16).
    The same draft, or the same ``key``, gives the first result again, also in parallel.
    Raises ``InvalidInput`` naming every fault, ``ServiceChanged`` or ``ServiceClosed``, ``ServicesChanged`` when the form
    says, or the party has by now, what makes other services necessary than those of the draft, ``NotPermitted``,
    ``IdempotencyConflict`` when the key was used for something else.
    """
    _require_key(key)
    if not actor.is_applicant:
        raise NotPermitted
    digest = idempotency.digest_of({"draft": draft})
    reference = references.draw("S")
    try:
        with transaction.atomic():
            taken = taking.take_draft(actor, draft=draft, key=key, digest=digest, result=reference)
            if taken is not None:
                request = Request(
                    reference=reference,
                    version=catalogue.version(taken.version_id),
                    applicant_kind=taken.applicant_kind,
                    applicant_name=taken.applicant_name,
                    region=taken.region,
                    answers=taken.answers,
                    sources=taken.sources,
                    files=taken.files,
                    channel="web",
                    language=language or language_tag(),
                    draft_id=taken.id,
                    need=taken.need,
                    event=taken.event,
                    about=taken.about,
                    consent=consent,
                    bundle=Bundle.from_json(taken.plan),
                    had=taken.had,
                )
                return _file(actor, request)
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
    about: str = "",
    consent: bool = False,
) -> Submission:
    """File without a draft (API, import, window). ``files``: material → references of files stored before.

    ``consent``: as of :func:`submit`. ``about``: the case whose decision is contested. The same ``key`` with the same content gives the first result;
    with other content ``IdempotencyConflict``. Otherwise as :func:`submit`.
    """
    _require_key(key)
    version = fileable(service)
    require_fileable(actor, version)
    form = queries.form_for(version)
    given = rules.storable(form, answers)
    unknown = rules.unknown_keys(form, answers)
    if unknown:
        raise InvalidInput(unknown)
    if region not in queries.regions():
        raise InvalidInput.at("region", "unknown", _("There is no region with this code."))
    wanted = {material: list(group) for material, group in (files or {}).items()}
    digest = idempotency.digest_of([service, region, given, wanted, about, consent])
    reference = references.draw("S")
    try:
        with transaction.atomic():
            party = taking.take_party(actor, wanted=wanted, key=key, digest=digest, result=reference)
            require_fitting(form, party.files)
            request = Request(
                reference=reference,
                version=version,
                applicant_kind=party.kind,
                applicant_name=party.name,
                region=region,
                answers=given,
                sources={},
                files=party.files,
                channel=channel,
                language=language or language_tag(),
                need=rules.tidy(need)[:500],
                about=about,
                consent=consent,
            )
            return _file(actor, request)
    except idempotency.AlreadyDone:
        return _earlier(actor, key, digest)


def _require_key(key: str) -> None:
    if not key or len(key) > MAX_KEY or "\x00" in key:
        raise InvalidInput.at("key", "required", _("Send an idempotency key of 1 to 100 characters."))


@dataclass(frozen=True)
class FiledMember:
    """A member ready to be opened, with what it costs."""

    spec: MemberSpec
    price: rules.Price
    papers: Sequence[SharedPaper]


def _file(actor: Actor, request: Request) -> Submission:
    form = queries.form_of(request.bundle, request.version)
    members = queries.members_of(request.bundle, request.version, form)
    for member in members:
        _require_may_submit(actor, member.version, request.bundle)
    versions = [member.version for member in members]
    require_addressed(actor, versions, request.bundle, kind=PartyKind(request.applicant_kind))
    files: dict[str, list[str]] = {}
    for file in request.files:
        files.setdefault(file.material, []).append(file.reference)
    checked = queries.check_answers(form, queries.asked_only(form, request.answers), files=files)
    told = rules.told(form, checked)
    if request.bundle.is_planned:
        request = replace(request, bundle=_as_planned(actor, request, told))
    faults = checked.faults or _told_otherwise(request, form, told)
    if faults:
        raise InvalidInput(faults)
    sources = facts.sources_of(checked.answers, request.sources)
    filed = [filed_member(request, member, checked, sources) for member in members]
    if not request.consent:
        _require_handed_in(request.bundle, filed)
    with writing.together():
        return _written(actor, request, checked.answers, sources, filed)


def _as_planned(actor: Actor, request: Request, told: Mapping[str, Any]) -> Bundle:
    """The services of the draft, chosen by the answers that count now. Raises ``ServicesChanged``.

    ``told``: data element → value in the form. Nothing is asked while neither the answers nor what the party has are
    others than when the draft was planned.
    """
    bundle = request.bundle
    if request.had == bundle.had and bundle.answers == queries.told_to(bundle, event=request.event, told=told):
        return bundle
    planned = queries.plan_anew(actor, bundle, event=request.event, told=told)
    if planned.changed:
        raise ServicesChanged([each.title for each in planned.came], [each.title for each in planned.went])
    Draft(pk=request.draft_id, plan=planned.bundle.as_json()).save(update_fields=["plan"])
    return planned.bundle


def _told_otherwise(request: Request, form: rules.Form, told: Mapping[str, Any]) -> list[FieldError]:
    """What joins a matter does not contradict it: only a correction of the matter reaches its other departments."""
    if not request.bundle.joins:
        return []
    elements = queries.told_otherwise(request.bundle, event=request.event, told=told)
    text = _("The rest of this matter was told otherwise. Correct this answer there first, for all departments.")
    return [
        FieldError(question.key, "told_otherwise", text) for question in form.questions if question.element in elements
    ]


def _written(
    actor: Actor,
    request: Request,
    answers: Mapping[str, Any],
    sources: Mapping[str, Any],
    filed: Sequence[FiledMember],
) -> Submission:
    """All rows of the whole act: submission, matter, cases, bill, journal, events."""
    opened = _joined(actor, request, filed) if request.bundle.joins else _opened(actor, request, filed)
    submission = Submission(
        reference=request.reference,
        draft_id=request.draft_id,
        applicant_id=_applicant(actor),
        filed_by_id=actor.person_id,
        capacity=actor.capacity,
        channel=request.channel,
        answers=answers,
        sources=sources,
        answers_digest=idempotency.digest_of(answers),
        matter=opened.matter.reference,
        at=clock.now() if request.bundle.joins else opened.matter.opened_at,
    )
    writing.insert([submission])
    if request.consent:
        _consents(actor, submission, filed, joins=bool(request.bundle.joins))
    if any(each.price.lines for each in filed):
        _bill(actor, submission, opened, filed)
    _tell(actor, submission, opened)
    return submission


def _opened(actor: Actor, request: Request, filed: Sequence[FiledMember]) -> matters.OpenedMatter:
    return matters.open_matter(
        actor,
        applicant_id=_applicant(actor),
        applicant_name=request.applicant_name,
        title=catalogue.event(request.event).name if request.bundle else request.version.name,
        need=request.need,
        event=request.event,
        event_version=request.bundle.event_version,
        determinants=request.bundle.answers,
        submission=request.reference,
        language=request.language,
        members=[each.spec for each in filed],
        lead=lead_of(request, filed),
        outside=outside_specs(request.bundle.outside),
    )


def _joined(actor: Actor, request: Request, filed: Sequence[FiledMember]) -> matters.OpenedMatter:
    """What corrected answers made necessary joins the matter it belongs to."""
    bundle = request.bundle
    forms = {each.service: queries.form_for(catalogue.version(each.version)) for each in bundle.there}
    added = {each.spec.key for each in filed}
    followers = {
        service: [
            Needs(edge.before, edge.group, _passed(bundle, edge, form))
            for edge in bundle.before(service)
            if edge.before in added
        ]
        for service, form in forms.items()
    }
    return matters.join_matter(
        actor,
        matter=bundle.joins,
        members=[each.spec for each in filed],
        followers={service: needs for service, needs in followers.items() if needs},
        submission=request.reference,
        language=request.language,
        outside=outside_specs(bundle.outside),
    )


def lead_of(request: Request, filed: Sequence[FiledMember]) -> tuple[int, int] | None:
    """Who answers for the whole of an event: the department of its lead function that has a part in it, else the first."""
    if not request.bundle:
        return None
    role = catalogue.event(request.event).lead_role
    leading = [each for each in filed if role and each.spec.version.service.department_role == role]
    route = (leading or filed)[0].spec.route
    return route.department_id, route.unit_id


def filed_member(
    request: Request, member: DraftMember, checked: rules.Checked, sources: Mapping[str, Any]
) -> FiledMember:
    """Each department gets the part of the answers and papers that its own form asks for."""
    form = member.form
    own = checked.of(member.service)
    papers = member.shared_papers(own.answers, [file.material for file in request.files])
    asked = {form.by_key[key].material for key in own.visible if form.by_key[key].is_file}
    asked |= {paper.material for paper in papers}
    price = queries.price_of(member, own.answers)
    edges = request.bundle.before(member.service)
    spec = MemberSpec(
        key=member.service,
        version=member.version,
        answers=own.answers,
        sources={key: source for key, source in member.part.own(sources).items() if key in own.answers},
        files=[(file.material, file.id) for file in request.files if file.material in asked],
        route=with_claims(
            queries.route_for(
                member.version, form, own.answers, region=request.region, applicant_kind=request.applicant_kind
            ),
            request.bundle.claims,
            member.service,
        ),
        price=price.total,
        about=request.about,
        optional=member.optional,
        depends_on=[Needs(edge.before, edge.group, _passed(request.bundle, edge, form)) for edge in edges],
    )
    return FiledMember(spec, price, papers)


def with_claims(route: RouteChoice, claims: Sequence[BundleClaim], service: str) -> RouteChoice:
    """What the applicant says to have, so that this service need not wait for it, stands among the reasons why it came:
    the department reads it there, as it reads what they declare of others, and judges it."""
    told = [each for each in claims if service in each.needed_by]
    said = [
        {language: text.format(name=localise(name, language), number=number) for language, text in CLAIMED.items()}
        for name, number in queries.named_claims(told)
    ]
    return replace(route, reasons=(*route.reasons, *said)) if said else route


def _require_handed_in(bundle: Bundle, filed: Sequence[FiledMember]) -> None:
    """Who does not agree hands in what would have been fetched, but for members that wait for others: what these bring
    may not exist yet, and their departments ask for it in time. Raises ``InvalidInput`` at each question.
    """
    missing = {
        paper.question.key: rules.missing(paper.question)
        for each in filed
        if not bundle.before(each.spec.key)
        for paper in each.papers
        if paper.is_fetched
    }
    if missing:
        raise InvalidInput(list(missing.values()))


def _consents(actor: Actor, submission: Submission, filed: Sequence[FiledMember], *, joins: bool) -> None:
    """One for each department, also of those that do several parts of an event: what it fetches, and for what.

    ``joins``: the matter is there already, with what was allowed for it.
    """
    by_department: dict[int, list[FiledMember]] = {}
    for each in filed:
        if any(paper.is_fetched for paper in each.papers):
            by_department.setdefault(each.spec.route.department_id, []).append(each)
    wanted = [
        registers.ConsentSpec(
            recipient_id=department,
            elements=[paper.material for each in its for paper in each.papers if paper.is_fetched],
            purpose=enumerated([each.spec.version.name for each in its]),
        )
        for department, its in by_department.items()
    ]
    subject = Ref("matter", submission.matter)
    if joins:
        registers.give_consents(actor, party_id=submission.applicant_id, subject=subject, consents=wanted, widen=True)
    else:
        registers.give_first_consents(actor, party_id=submission.applicant_id, subject=subject, consents=wanted)


def _passed(bundle: Bundle, edge: BundleEdge, form: rules.Form) -> dict[str, str]:
    before = bundle.versions.get(edge.before)
    return {} if before is None else rules.passed(form, catalogue.version(before).produces)


def _applicant(actor: Actor) -> int:
    if actor.on_behalf_of_id is None:
        raise NotPermitted
    return actor.on_behalf_of_id


def _require_may_submit(actor: Actor, version: ServiceVersion, bundle: Bundle) -> None:
    require_may_file(actor, version.service.code)
    if actor.assurance < REAL_NAME:
        raise NotPermitted(
            _("Filing needs a verified identity."), way_out=_("Verify your identity in your settings, then submit.")
        )
    if version.state != VersionState.PUBLISHED:
        raise ServiceChanged
    if not version.service.enabled:
        raise ServicesChanged(went=[version.name]) if bundle.is_planned else ServiceClosed


def _bill(actor: Actor, submission: Submission, opened: matters.OpenedMatter, filed: Sequence[FiledMember]) -> None:
    """One bill for the whole; its lines name the cases, also those that open later."""
    payments.raise_bill(
        actor,
        payer_id=submission.applicant_id,
        subject=Ref("submission", submission.reference),
        lines=[
            BillLineSpec(
                subject=Ref("case", opened.references[each.spec.key]),
                department_id=each.spec.route.department_id,
                text=(line.of(each.spec.version.name) if len(filed) > 1 else line).name,
                amount=line.amount,
                basis=line.basis.get("zh-Hans", "")[:200],
            )
            for each in filed
            for line in each.price.lines
        ],
    )


def _tell(actor: Actor, submission: Submission, opened: matters.OpenedMatter) -> None:
    """One journal entry and one insert of events for the whole act."""
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
