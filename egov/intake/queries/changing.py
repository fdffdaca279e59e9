"""The answers of a matter as one form again, so that a correction reaches every service that asked for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from egov.casework import queries as casework
from egov.casework.models import AnswerChange, Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.intake import rules
from egov.intake.queries.drafts import check_answers, claims_in, form_for
from egov.intake.rules import Checked, Form, MergedForm, Question
from egov.kernel.actor import Actor
from egov.kernel.errors import Text
from egov.kernel.text import localise
from egov.matters import queries as matters
from egov.matters.models import Matter, MatterState, Member, PendingFile, PendingMember
from egov.matters.rules import ENDED
from egov.routing import queries as routing
from egov.routing.queries import Wishes


@dataclass(frozen=True)
class MemberAnswers:
    """What a service of the matter was told. ``files``: material → references of its files. ``is_own``: whether who asks
    acts for its applicant; a case may be the organisation's that was registered on the way."""

    member: Member
    version: ServiceVersion
    answers: Mapping[str, Any]
    files: Mapping[str, list[str]]
    case: Case | None
    is_own: bool = True

    @property
    def form(self) -> Form:
        return form_for(self.version)

    @property
    def is_open(self) -> bool:
        """Whether a correction still reaches it."""
        decided = self.case is not None and (self.case.decided_at or self.case.closed_at) is not None
        return self.is_own and not decided and self.member.state not in ENDED

    @cached_property
    def visible(self) -> frozenset[str]:
        return self.checked({}).visible

    def checked(self, changes: Mapping[str, Any]) -> Checked:
        """Its answers with ``changes``, by its own form; what a sibling will bring may still be missing."""
        wanted = {**self.answers, **changes}
        plain = {key: value for key, value in wanted.items() if value is not None}
        return check_answers(self.form, without_files(self.form, plain), files=self.files)


@dataclass(frozen=True)
class MatterAnswers:
    """As far as one actor sees the matter. ``form``: the forms of the members, each element once. ``withheld``: those that
    a mandate does not cover, for the house alone to reckon with."""

    matter: Matter
    form: MergedForm
    members: tuple[MemberAnswers, ...]
    withheld: tuple[MemberAnswers, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, MemberAnswers]:
        return {each.member.key: each for each in self.members}

    @property
    def states(self) -> dict[str, str]:
        """Service → state of every part that was told something, whoever sees it."""
        return {each.member.key: each.member.state for each in (*self.members, *self.withheld)}

    @cached_property
    def answers(self) -> dict[str, Any]:
        """Under the merged keys; of those still open first, since they are what a correction changes."""
        found: dict[str, Any] = {}
        for each in sorted((one for one in self.members if one.is_own), key=lambda one: one.is_open):
            found |= self.form.told(each.member.key, each.answers, found)
        return found

    @cached_property
    def by_element(self) -> dict[str, Any]:
        """Data element → what the applicant says last, also where no department has taken it over yet. One statement."""
        cases = {each.case.pk: each for each in self.members if each.case is not None and each.is_own}
        proposed = AnswerChange.objects.filter(case__in=cases, decided_at__isnull=True).order_by("id")
        told = dict(self.answers)
        for change in proposed:
            told |= self.form.told(cases[change.case_id].member.key, change.answers, told)
        return {
            question.element: told[question.key]
            for question in self.form.questions
            if question.element and told.get(question.key) is not None
        }

    @property
    def correctable(self) -> list[Question]:
        """The questions that a service still open has an answer to, or may be told; papers are not among them."""
        return [
            question
            for question in self.form.questions
            if not question.is_file and self.reached(question.key) and not self.is_shared(question)
        ]

    def is_shared(self, question: Question) -> bool:
        """Whether a part that is withheld and still open asked the same: then it is not the agent's to change."""
        return bool(question.element) and any(
            each.is_open and each.form.by_key[key].element == question.element
            for each in self.withheld
            for key in each.visible
        )

    def reached(self, key: str) -> list[MemberAnswers]:
        """The services still open that asked for it and were shown it."""
        return [each for each in self.serving(key) if each.is_open]

    def serving(self, key: str) -> list[MemberAnswers]:
        return [self.by_key[member] for member in self.form.serves.get(key, ()) if self._asked(member, key)]

    def _asked(self, member: str, key: str) -> bool:
        return self._own_key(member, key) in self.by_key[member].visible

    def _own_key(self, member: str, key: str) -> str:
        return next((own for own, name in self.form.part(member).names.items() if name == key), "")


def without_files(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key in form.by_key and not form.by_key[key].is_file}


DECIDES_FEE = "decides_fee"  # code of the fault at an answer that changes what a service costs


def decides_fee(version: ServiceVersion, before: Mapping[str, Any], after: Mapping[str, Any]) -> Text | None:
    """Why answers that change what a service costs are not corrected; None when it costs the same."""
    form = form_for(version)
    prices = {rules.price_of(version.fee, form, answers, name=version.name).total for answers in (before, after)}
    if len(prices) == 1:
        return None
    return _("This answer decides the fee of %(service)s. Withdraw that part and file it anew.") % {
        "service": localise(version.name)
    }


def answers_of(actor: Actor, *, matter: str) -> MatterAnswers:
    """Raises ``NotFound`` for a stranger. Four statements, one more under a limited mandate."""
    row = matters.find(actor, reference=matter)
    members = list(row.members.select_related("service", "pending").order_by("order", "id"))
    cases = {case.reference: case for case in Case.objects.filter(matter=row.reference)}
    files = _files_waiting(members)
    told = [
        each for member in members if (each := _answers_of(actor, member, cases.get(member.case), files)) is not None
    ]
    keys = matters.seen_in(actor, row, members)
    seen = tuple(each for each in told if each.member.key in keys)
    withheld = tuple(each for each in told if each.member.key not in keys)
    return MatterAnswers(row, rules.merge({each.member.key: each.form for each in seen}), seen, withheld)


def situation_of(actor: Actor, found: MatterAnswers) -> list[tuple[Mapping[str, Any], Any]]:
    """The questions of the event that no form of the matter asks, each with its answer (None: not answered so far).

    What they decide changes with another answer, see ``actions.answer_anew``. None of a matter that is over, nor for whom
    a part of it is withheld: the answers are about all of it.
    """
    matter = found.matter
    if found.withheld or matter.state != MatterState.OPEN or not matter.determinants:
        return []
    wishes = claimed_in(matter.reference)
    plan = routing.plan_event(actor, event=matters.event_of(matter), answers=matter.determinants, wishes=wishes)
    in_forms = {question.element for question in found.form.questions if question.element}
    count = {*plan.answers, *plan.to_ask}
    return [
        (question, plan.answers.get(str(question["key"])))
        for question in plan.questions
        if question["key"] in count and question.get("element") not in in_forms
    ]


def claimed_in(matter: str) -> Wishes:
    """What the applicant of a matter (by reference) said to have: it is not lacking, whatever else is corrected."""
    return Wishes(have={each.service: each.number for each in claims_in(matter)})


def _answers_of(
    actor: Actor, member: Member, case: Case | None, files: Mapping[int, Mapping[str, list[str]]]
) -> MemberAnswers | None:
    if case is not None:
        version = catalogue.version(case.version_id)
        own = casework.acts_for_applicant(actor.in_all_services(), case)
        return MemberAnswers(member, version, case.answers, files_in(form_for(version), case.answers), case, own)
    kept = member.kept
    if kept is None:
        return None
    return MemberAnswers(member, catalogue.version(kept.version_id), kept.answers, files.get(kept.pk, {}), None)


def _files_waiting(members: Sequence[Member]) -> dict[int, dict[str, list[str]]]:
    """Of each member that waits: material → references of its files."""
    waiting = [member.kept.pk for member in members if member.kept is not None]
    found: dict[int, dict[str, list[str]]] = {}
    if waiting:
        rows = PendingFile.objects.filter(pending__in=waiting).order_by("id")
        for pending, material, reference in rows.values_list("pending", "material", "file__reference"):
            found.setdefault(pending, {}).setdefault(material, []).append(reference)
    return found


def told_in(matter: Matter) -> dict[str, list[Any]]:
    """Data element → every answer to it in the matter, those that are proposed and not decided among them."""
    found: dict[str, list[Any]] = {}
    for case in Case.objects.filter(matter=matter.reference).prefetch_related("changes"):
        proposed = [change.answers for change in case.changes.all() if change.decided_at is None]
        for answers in (case.answers, *proposed):
            _add_told(found, form_for(catalogue.version(case.version_id)), answers)
    for pending in PendingMember.objects.filter(member__matter=matter):
        _add_told(found, form_for(catalogue.version(pending.version_id)), pending.answers)
    return found


def _add_told(found: dict[str, list[Any]], form: Form, answers: Mapping[str, Any]) -> None:
    for question in form.questions:
        if question.element and question.key in answers:
            found.setdefault(question.element, []).append(answers[question.key])


def files_in(form: Form, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """A case keeps the references of its files among its answers."""
    found: dict[str, list[str]] = {}
    for question in form.file_questions:
        value = answers.get(question.key)
        found[question.material] = [value] if isinstance(value, str) else list(value or ())
    return found
