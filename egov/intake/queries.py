"""Forms, drafts and submissions as pages and the API show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet

from egov.casework import queries as casework
from egov.casework.models import Case
from egov.casework.queries import Correction
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion, VersionState
from egov.identity import queries as identity
from egov.identity.models import Region
from egov.intake import rules
from egov.intake.models import Attachment, Draft, Submission
from egov.intake.rules import Checked, Form, Price
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText
from egov.routing import queries as routing
from egov.routing.queries import RouteChoice


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


def known_codes(form: Form) -> dict[str, Mapping[str, Any]]:
    """The codes that exist, by the widget of this form that asks for them."""
    asked = {question.widget for question in form.questions}
    asked |= {child.widget for question in form.questions for child in question.children}
    return {"region": regions()} if "region" in asked else {}


def check_answers(
    form: Form, answers: Mapping[str, Any], *, files: Mapping[str, Sequence[str]] | None = None
) -> Checked:
    """``rules.check`` with the codes and the day of today."""
    return rules.check(form, answers, files=files, known=known_codes(form), today=clock.today())


@dataclass(frozen=True)
class OpenDraft:
    """A draft with all that its pages need. Two statements: the draft, its attachments."""

    draft: Draft
    version: ServiceVersion
    form: Form
    attachments: tuple[Attachment, ...]

    @cached_property
    def files(self) -> dict[str, list[str]]:
        """Material → references of what is attached."""
        found: dict[str, list[str]] = {}
        for attachment in self.attachments:
            found.setdefault(attachment.material, []).append(attachment.file.reference)
        return found

    @cached_property
    def checked(self) -> Checked:
        return check_answers(self.form, self.draft.answers, files=self.files)

    @property
    def shown_pages(self) -> list[rules.FormPage]:
        """Pages with at least one question that is asked."""
        return [page for page in self.form.pages if any(key in self.checked.visible for key in page.fields)]

    @property
    def first_incomplete(self) -> rules.FormPage | None:
        return next((page for page in self.shown_pages if self.checked.faults_on(page.fields)), None)

    @property
    def price(self) -> Price:
        return rules.price_of(self.version.fee, self.form, self.checked.answers, name=self.version.name)

    @property
    def minutes_left(self) -> int:
        return rules.minutes_left(self.form, self.checked, sources=self.draft.sources)

    @property
    def is_current(self) -> bool:
        """False when the service has changed since the draft was started."""
        return self.version.state == VersionState.PUBLISHED and self.version.service.enabled

    def shared_materials(self) -> list[Mapping[str, Any]]:
        """What the government already holds and fetches itself, with the person's consent."""
        return [material for material in self.version.materials if material.get("source") == "shared"]


def visible_drafts(actor: Actor) -> QuerySet[Draft]:
    """Open drafts of the party for whom the actor acts; under a mandate, those of its services."""
    if not actor.is_applicant:
        return Draft.objects.none()
    rows = Draft.objects.filter(
        applicant_id=actor.on_behalf_of_id, submitted_at__isnull=True, discarded_at__isnull=True
    )
    if actor.mandate_services is not None:
        rows = rows.filter(version__service__code__in=actor.mandate_services)
    return rows


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
    return OpenDraft(draft, version, form_for(version), tuple(draft.attachments.all()))


def fileable_services(audience: str = "") -> dict[str, LocalisedText]:
    """Code and name of every service that can be filed here; of one ``audience`` (catalogue) only. One statement."""
    return {version.service.code: version.name for version in catalogue.services(audience=audience, fileable=True)}


def route_for(
    version: ServiceVersion, form: Form, answers: Mapping[str, Any], *, region: str, applicant_kind: str
) -> RouteChoice:
    """Which unit handles these answers; they decide the place when they name one. No statement once kept."""
    return routing.competent(
        service=version.service.code,
        region=rules.place_of(form, answers) or region,
        applicant_kind=applicant_kind,
        answers=rules.condition_context(form, answers),
        on=clock.today(),
    )


def route_of(opened: OpenDraft, *, applicant_kind: str) -> RouteChoice:
    """Where a draft would go as it stands."""
    return route_for(
        opened.version,
        opened.form,
        opened.checked.answers,
        region=opened.draft.region,
        applicant_kind=applicant_kind,
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
        fields = {item.get("field") for item in self.request.items}
        materials = {item.get("material") for item in self.request.items}
        return tuple(
            question.key
            for question in self.form.questions
            if question.key in fields or (question.is_file and question.material in materials)
        )


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


def visible_submissions(actor: Actor) -> QuerySet[Submission]:
    if not actor.is_applicant:
        return Submission.objects.none()
    return Submission.objects.filter(applicant_id=actor.on_behalf_of_id)


def review(actor: Actor, *, draft: str) -> OpenDraft:
    """The draft as the check-your-answers page shows it."""
    return open_draft(actor, reference=draft)


@dataclass(frozen=True)
class Migration:
    """What a new version of the service did to a draft: questions that came, went, or changed their kind."""

    added: Sequence[LocalisedText]
    removed: Sequence[LocalisedText]
    changed: Sequence[LocalisedText]


def differences(old: Form, new: Form) -> Migration:
    added = [question.title for key, question in new.by_key.items() if key not in old.by_key]
    removed = [question.title for key, question in old.by_key.items() if key not in new.by_key]
    changed = [
        question.title
        for key, question in new.by_key.items()
        if key in old.by_key and not fits(old.by_key[key], question)
    ]
    return Migration(added, removed, changed)


def fits(old: rules.Question, new: rules.Question) -> bool:
    """Whether an answer to ``old`` may stand as an answer to ``new``: same kind, and its choices still exist."""
    return old.type == new.type and old.widget == new.widget and set(old.choices) <= set(new.choices)
