"""Forms, drafts and submissions as pages and the API show them."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, Func, JSONField, OuterRef, Prefetch, Q, QuerySet, Value

from egov.casework import queries as casework
from egov.casework.models import Case
from egov.casework.queries import Correction
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion, VersionState
from egov.catalogue.rules import is_fetched, needed
from egov.identity import queries as identity
from egov.identity.models import Post, Region
from egov.intake import rules
from egov.intake.models import Attachment, Draft, Submission
from egov.intake.rules import Bundle, BundleClaim, Checked, Form, MergedForm, Part, Price, Question
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted
from egov.kernel.memory import Kept
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters import queries as matters
from egov.registers import queries as registers
from egov.routing import queries as routing
from egov.routing.queries import RouteChoice, Why

MERGED_FORMS = 32  # kept for each first service, about 70 KiB each


def form_for(version: ServiceVersion) -> Form:
    """The form of a version, compiled once: the catalogue keeps one object per published version and process.

    Raises ``NotFound`` when the service is only listed, ``FormDefinitionError`` when the form is unusable.
    """
    if version.form is None:
        raise NotFound
    form: Form | None = version.__dict__.get("_compiled_form")
    if form is None:
        form = version.__dict__["_compiled_form"] = rules.compile_form(version.form, version.materials)
    return form


@identity.kept.table
def regions() -> dict[str, Region]:
    """Every region in force by its code."""
    return {region.code: region for region in Region.objects.filter(valid_to__isnull=True).order_by("code")}


# Posts begin and end by the day, with no stamp that tells.
_by_the_minute = Kept("intake.posts", seconds=60)


@_by_the_minute.table
def posts() -> dict[str, str]:
    """Who holds each post today, by its key."""
    today = clock.today()
    rows = Post.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today)
    return {str(pk): name for pk, name in rows.values_list("pk", "person__party__name")}


def known_codes(form: Form) -> dict[str, Mapping[str, Any]]:
    """The codes that exist, by the widget of this form that asks for them."""
    asked = {question.widget for question in form.questions}
    asked |= {child.widget for question in form.questions for child in question.children}
    known: dict[str, Callable[[], Mapping[str, Any]]] = {"region": regions, "post": posts}
    return {widget: codes() for widget, codes in known.items() if widget in asked}


def check_answers(
    form: Form, answers: Mapping[str, Any], *, files: Mapping[str, Sequence[str]] | None = None
) -> Checked:
    """``rules.check`` with the codes and the day of today."""
    return rules.check(form, answers, files=files, known=known_codes(form), today=clock.today())


def asked_only(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was typed for a service that is not needed any more: that waits beside the form."""
    return {key: value for key, value in answers.items() if key in form.by_key}


@dataclass(frozen=True)
class DraftMember:
    """One service of a draft: its version, and its part of the form."""

    version: ServiceVersion
    part: Part
    optional: bool = False

    @property
    def service(self) -> str:
        return self.part.member

    @property
    def form(self) -> Form:
        """Its own form, as it is asked alone."""
        return self.part.form

    def shared_papers(self, answers: Mapping[str, Any], handed_in: Collection[str]) -> list["SharedPaper"]:
        """The materials that registers hold, as far as these answers (of its own form) make them necessary."""
        return [
            SharedPaper(
                question=self.form.by_shared_material[str(material["key"])],
                issuer=material.get("issuer") or {},
                is_held=is_fetched(material),
                handed_in=material["key"] in handed_in,
            )
            for material in needed(self.version.materials, answers)
        ]


@dataclass(frozen=True)
class SharedPaper:
    """A material that is not asked of the applicant at first. ``is_held``: a register connected here can give it."""

    question: Question
    issuer: LocalisedText
    is_held: bool
    handed_in: bool

    @property
    def material(self) -> str:
        return self.question.material

    @property
    def name(self) -> LocalisedText:
        return self.question.title

    @property
    def is_fetched(self) -> bool:
        """Whether it is fetched, when the applicant agrees."""
        return self.is_held and not self.handed_in


def form_of(bundle: Bundle, version: ServiceVersion) -> Form:
    """The form of a draft: that of its version, or the one form of all members of a bundle, merged once a process."""
    if not bundle:
        return form_for(version)
    known: dict[tuple[Any, ...], MergedForm] = version.__dict__.setdefault("_merged_forms", {})
    key = (bundle.members, bundle.edges, bundle.there)
    if key not in known:
        if len(known) >= MERGED_FORMS:  # which services are chosen is the visitor's: as many forms as subsets
            known.clear()
        versions = {service: catalogue.version(version) for service, version in bundle.versions.items()}
        produces = {service: each.produces for service, each in versions.items()}
        filed = [member.service for member in bundle.members]
        known[key] = rules.merge(
            {service: form_for(versions[service]) for service in filed},
            awaited={service: rules.brought(bundle.before(service), produces) for service in filed},
        )
    return known[key]


def members_of(bundle: Bundle, version: ServiceVersion, form: Form) -> tuple[DraftMember, ...]:
    if not isinstance(form, MergedForm):
        return (DraftMember(version, Part.whole(version.service.code, form)),)
    return tuple(
        DraftMember(catalogue.version(each.version), form.part(each.service), each.optional) for each in bundle.members
    )


@dataclass(frozen=True)
class OpenDraft:
    """A draft with all that its pages need. Two statements: the draft, its attachments."""

    draft: Draft
    version: ServiceVersion
    form: Form
    attachments: tuple[Attachment, ...]
    bundle: Bundle = field(default_factory=Bundle)

    @cached_property
    def members(self) -> tuple[DraftMember, ...]:
        return members_of(self.bundle, self.version, self.form)

    @property
    def title(self) -> LocalisedText:
        return self.draft.title

    def seen_by(self, keys: Collection[str]) -> list[LocalisedText]:
        """The departments that get the answers to these questions, each once."""
        members = [each for each in self.members if not {*each.part.names.values()}.isdisjoint(keys)]
        return [
            json.loads(name) for name in dict.fromkeys(json.dumps(each.version.department_name) for each in members)
        ]

    @cached_property
    def files(self) -> dict[str, list[str]]:
        """Material → references of what is attached."""
        found: dict[str, list[str]] = {}
        for attachment in self.attachments:
            found.setdefault(attachment.material, []).append(attachment.file.reference)
        return found

    @cached_property
    def checked(self) -> Checked:
        return check_answers(self.form, asked_only(self.form, self.draft.answers), files=self.files)

    def checked_of(self, member: DraftMember) -> Checked:
        """One member's answers, under the keys of its own form."""
        return self.checked.of(member.service)

    @property
    def shown_pages(self) -> list[rules.FormPage]:
        """Pages with at least one question that is asked."""
        return [page for page in self.form.pages if any(key in self.checked.visible for key in page.fields)]

    @property
    def first_incomplete(self) -> rules.FormPage | None:
        return next((page for page in self.shown_pages if self.checked.faults_on(page.fields)), None)

    @property
    def price(self) -> Price:
        """Of all members together."""
        several = len(self.members) > 1
        return Price(
            tuple(
                line.of(member.version.name) if several else line
                for member, price in self.prices
                for line in price.lines
            )
        )

    @cached_property
    def prices(self) -> list[tuple[DraftMember, Price]]:
        return [(member, price_of(member, self.checked_of(member).answers)) for member in self.members]

    @property
    def minutes_left(self) -> int:
        return rules.minutes_left(self.form, self.checked, sources=self.draft.sources)

    @property
    def is_current(self) -> bool:
        """False when a service has changed since the draft was started."""
        return all(
            member.version.state == VersionState.PUBLISHED and member.version.service.enabled for member in self.members
        )

    @property
    def saving(self) -> "Saving | None":
        """What asking once saves; None for a single service."""
        return saving_of(self.form, known=len(self.draft.sources)) if isinstance(self.form, MergedForm) else None

    def shared_of(self, member: DraftMember) -> list[SharedPaper]:
        return member.shared_papers(self.checked_of(member).answers, self.files)

    @property
    def needs_consent(self) -> bool:
        """Whether it cannot be filed without agreeing, as long as nothing more is handed in."""
        at_once = [member for member in self.members if not self.bundle.before(member.service)]
        return any(paper.is_fetched for member in at_once for paper in self.shared_of(member))

    @cached_property
    def shared_papers(self) -> list[SharedPaper]:
        """Of all members, each material once."""
        found: dict[str, SharedPaper] = {}
        for member in self.members:
            for paper in self.shared_of(member):
                known = found.get(paper.material)
                found[paper.material] = paper if known is None or paper.is_held else known
        return list(found.values())


@dataclass(frozen=True)
class Saving:
    """Questions and documents of one form, and of the services filed one by one."""

    questions: int
    questions_apart: int
    documents: int
    documents_apart: int


def saving_of(form: MergedForm, *, known: int = 0) -> Saving:
    """``known``: questions that registers answer."""
    files = len(form.file_questions)
    return Saving(
        questions=max(len(form.questions) - files - known, 0),
        questions_apart=form.questions_apart,
        documents=files,
        documents_apart=form.documents_apart,
    )


def price_of(member: DraftMember, answers: Mapping[str, Any]) -> Price:
    """``answers`` under the keys of the member's own form."""
    return rules.price_of(member.version.fee, member.form, answers, name=member.version.name)


def known_facts(actor: Actor, form: Form, *, subject: Ref | None = None) -> dict[str, dict[str, Any]]:
    """What registers know, by question: value, register, as-of date. Facts that do not fit a question are left out, and
    what only services outside a mandate ask for."""
    by_element = {
        question.element: question
        for question in form.questions
        if question.element and question.prefill and _may_ask(actor, form, question)
    }
    if not by_element or not actor.is_applicant or actor.on_behalf_of_id is None:
        return {}
    found = registers.facts(
        actor, party_id=actor.on_behalf_of_id, elements=sorted(by_element), purpose="prefill", subject=subject
    )
    facts = {}
    for element, fact in found.items():
        question = by_element[element]
        value = rules.read(question, fact.value)
        if rules.is_right(question, value):
            facts[question.key] = {"value": value, "register": fact.register, "as_of": fact.as_of.isoformat()}
    return facts


def _may_ask(actor: Actor, form: Form, question: Question) -> bool:
    return not isinstance(form, MergedForm) or any(map(actor.covers, form.serves[question.key]))


# Whom a service of these modes serves when a post files it: the person who holds the post, or its department.
FILED_BY_POSTS = ("g2e", "g2g")


def filing_as(actor: Actor, service: str) -> Actor:
    """The actor as the party for which a post files this service. Raises ``NotPermitted`` when a post may not."""
    mode = catalogue.published(service).service.mode
    if not actor.is_staff or mode not in FILED_BY_POSTS:
        raise NotPermitted
    return replace(actor, on_behalf_of_id=actor.party_id if mode == "g2e" else actor.department_id)


def drafts_of_post(actor: Actor) -> QuerySet[Draft]:
    """Unfinished requests of a post, for whichever party, last saved first."""
    if not actor.is_staff:
        return Draft.objects.none()
    rows = Draft.objects.filter(applicant_id__in=[actor.party_id, actor.department_id], capacity=actor.capacity)
    rows = rows.filter(submitted_at__isnull=True, discarded_at__isnull=True)
    return rows.select_related("version__service").defer("version__form").order_by("-saved_at", "-id")


_SERVICES_OF_PLAN = Func(
    F("plan"), Value("$.members[*].service"), function="jsonb_path_query_array", output_field=JSONField()
)


def visible_drafts(actor: Actor) -> QuerySet[Draft]:
    """Open drafts of the party for whom the actor acts; under a mandate, those of its services alone: one form has the
    answers for all of them.

    What a post began stays with the post, also where the party is the person who holds it.
    """
    if not actor.is_applicant:
        return Draft.objects.none()
    rows = Draft.objects.filter(
        applicant_id=actor.on_behalf_of_id, submitted_at__isnull=True, discarded_at__isnull=True
    )
    if actor.mandate_services is not None:
        covered = sorted(actor.mandate_services)
        rows = rows.annotate(services=_SERVICES_OF_PLAN).filter(
            version__service__code__in=covered, services__contained_by=covered
        )
    return rows.filter(capacity=actor.capacity) if actor.is_staff else rows.exclude(capacity__startswith="p-")


def drafts_of(actor: Actor) -> QuerySet[Draft]:
    """Last saved first, with the service each is for."""
    return visible_drafts(actor).select_related("version__service").defer("version__form").order_by("-saved_at", "-id")


def open_draft(actor: Actor, *, reference: str) -> OpenDraft:
    """Raises ``NotFound`` when it is somebody else's, submitted or discarded."""
    attachments = Attachment.objects.select_related("file").order_by("id")
    draft = (
        visible_drafts(actor)
        .filter(reference=reference)
        .prefetch_related(Prefetch("attachments", queryset=attachments))
        .first()
    )
    if draft is None:
        raise NotFound
    version = catalogue.version(draft.version_id)
    bundle = Bundle.from_json(draft.plan)
    return OpenDraft(draft, version, form_of(bundle, version), tuple(draft.attachments.all()), bundle)


def fileable_services(audience: str = "") -> dict[str, LocalisedText]:
    """Code and name of every service that can be filed here; of one ``audience`` (catalogue) only. One statement."""
    return {version.service.code: version.name for version in catalogue.services(audience=audience, fileable=True)}


def route_for(
    version: ServiceVersion, form: Form, answers: Mapping[str, Any], *, region: str, applicant_kind: str
) -> RouteChoice:
    """Which unit handles these answers; they decide the place when they name one. No statement once kept."""
    return routing.competent_for(
        version.service,
        region=rules.place_of(form, answers) or region,
        applicant_kind=applicant_kind,
        answers=rules.condition_context(form, answers),
        on=clock.today(),
    )


def routes_of(opened: OpenDraft, *, applicant_kind: str) -> list[tuple[DraftMember, RouteChoice]]:
    """Where each member of a draft would go as it stands."""
    return [
        (
            member,
            route_for(
                member.version,
                member.form,
                opened.checked_of(member).answers,
                region=opened.draft.region,
                applicant_kind=applicant_kind,
            ),
        )
        for member in opened.members
    ]


def asked_keys(form: Form, items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The questions listed, and the file of each material listed."""
    fields = {item.get("field") for item in items}
    materials = {item.get("material") for item in items}
    return tuple(
        question.key
        for question in (*form.questions, *form.shared)
        if question.key in fields or (question.is_file and question.material in materials)
    )


@dataclass(frozen=True)
class OpenCorrection:
    """What an applicant has to put right on a case: the questions concerned, as the form of that time asks them."""

    case: Case
    form: Form
    request: Correction

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Questions to answer, in the order of the form: those listed, and the file of each material listed."""
        return asked_keys(self.form, self.request.items)


def open_correction(actor: Actor, *, case: str) -> OpenCorrection:
    """Raises ``NotFound`` for a stranger and when nothing is asked (any more)."""
    page = casework.case_for_applicant(actor, case)
    if page.open_correction is None:
        raise NotFound
    return OpenCorrection(page.case, form_for(page.case.version), page.open_correction)


def remedy_service(procedure: str = "reconsideration") -> ServiceVersion | None:
    """The service that can be filed here and runs under the procedure by which decisions are contested."""
    found = catalogue.services(fileable=True).filter(procedure=procedure).first()
    return catalogue.version(found.pk) if found else None


def submission_of(actor: Actor, *, reference: str) -> Submission:
    """Raises ``NotFound`` also when it is somebody else's."""
    found = visible_submissions(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound
    return found


def submission_of_draft(actor: Actor, *, draft: str) -> Submission | None:
    """What became of a draft, when it was submitted."""
    return visible_submissions(actor).filter(draft__reference=draft).first()


def matter_of(submission: str) -> str:
    """The number of the matter that was opened or joined under a receipt's number; "" when there is no such receipt."""
    return Submission.objects.filter(reference=submission).values_list("matter", flat=True).first() or ""


def claims_in(matter: str) -> list[BundleClaim]:
    """All that the applicant of a matter (by reference) said to have. One statement."""
    kept = Submission.objects.filter(matter=matter).values_list("draft__plan__claims", flat=True)
    return [BundleClaim.from_json(each) for found in kept for each in found or ()]


def named_claims(claims: Sequence[BundleClaim]) -> list[tuple[LocalisedText, str]]:
    """What the applicant says to have: the name of the service that gives it, and the number."""
    versions = catalogue.published_many(each.service for each in claims) if claims else {}
    return [(versions[each.service].name, each.number) for each in claims if each.service in versions]


def visible_submissions(actor: Actor) -> QuerySet[Submission]:
    """What was sent for the party for whom the actor acts; under a mandate, what brought a part of its services."""
    if not actor.is_applicant:
        return Submission.objects.none()
    rows = Submission.objects.filter(applicant_id=actor.on_behalf_of_id)
    if actor.mandate_services is not None:
        parts = matters.visible_members(actor).filter(matter__reference=OuterRef("matter"))
        opened = Case.objects.filter(matter=OuterRef(OuterRef("matter")), submission=OuterRef(OuterRef("reference")))
        begun = Q(case__in=opened.values("reference")) | Q(pending__submission=OuterRef("reference"))
        rows = rows.filter(Exists(parts.filter(begun)))
    return rows.filter(capacity=actor.capacity) if actor.is_staff else rows


def review(actor: Actor, *, draft: str) -> OpenDraft:
    """The draft as the check-your-answers page shows it."""
    return open_draft(actor, reference=draft)


@dataclass(frozen=True)
class Migration:
    """What was done to a draft: questions that came, went, or changed their kind; services that came or went."""

    added: Sequence[LocalisedText]
    removed: Sequence[LocalisedText]
    changed: Sequence[LocalisedText]
    came: Sequence["Moved"] = ()
    went: Sequence["Moved"] = ()


@dataclass(frozen=True)
class Moved:
    """A service that came to be needed or ceased to be. ``because``: the questions that decide, each with its answer.

    ``was_held``: it came because what the party had is there no more; ``is_closed``: it went because it cannot be filed
    online at present. ``why``: as the event has it by now.
    """

    service: str
    title: LocalisedText
    why: Why
    because: tuple[tuple[Mapping[str, Any], Any], ...] = ()
    was_held: bool = False
    is_closed: bool = False


def differences(old: Form, new: Form) -> Migration:
    before = {question.key: question for question in old.questions}
    after = {question.key: question for question in new.questions}
    added = [question.title for key, question in after.items() if key not in before]
    removed = [question.title for key, question in before.items() if key not in after]
    changed = [question.title for key, question in after.items() if key in before and not fits(before[key], question)]
    return Migration(added, removed, changed)


def fits(old: rules.Question, new: rules.Question) -> bool:
    """Whether an answer to ``old`` may stand as an answer to ``new``: same kind, and its choices still exist."""
    return old.type == new.type and old.widget == new.widget and set(old.choices) <= set(new.choices)
