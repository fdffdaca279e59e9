"""Each life and business event, filed as one form and carried to its end, whatever its questions come to.

One case for each member; what waits opens when what it needs was granted, with answers that its own form accepts;
nothing is asked twice; a refusal takes with it what cannot do without, and nothing else.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from egov.casework.models import Case
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.intake.models import Draft, Submission
from egov.intake.rules import MergedForm
from egov.kernel.actor import Actor
from egov.matters import actions as matters
from egov.matters import rules
from egov.matters.models import Matter, Member
from egov.matters.whole import Whole
from egov.routing import queries as routing
from egov.routing.rules.bundles import Why
from tests.plugins.answering import LINJIANG
from tests.plugins.handling import Walk

pytestmark = [pytest.mark.long, pytest.mark.timeout(240, func_only=True)]

EVENTS: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))["definition"]
    for file in sorted(Path("egov/catalogue/definitions/events").glob("*.yaml"))
}
FLIPS = 3  # of an event's questions; every outcome is tried on its form in test_every_outcome


def outcomes(code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Answers to the questions of an event: all one way, all the other way, and single ones turned round."""
    questions = EVENTS[code].get("questions", [])
    yes = {each["key"]: _sides(each)[0] for each in questions}
    no = {each["key"]: _sides(each)[1] for each in questions}
    yield "yes", yes
    if questions:
        yield "no", no
    for each in questions[:FLIPS]:
        yield f"not-{each['key']}", {**yes, each["key"]: no[each["key"]]}


def _sides(question: Mapping[str, Any]) -> tuple[Any, Any]:
    if question["type"] == "choice":
        return question["choices"][0]["key"], question["choices"][-1]["key"]
    return {"boolean": (True, False), "number": (400, 1)}[question["type"]]


ENDS = [(code, name) for code in EVENTS for name, _answers in outcomes(code) if name in ("yes", "no")]
TURNED = [(code, name) for code in EVENTS for name, _answers in outcomes(code) if name not in ("yes", "no")]


class Bundle:
    """An event of somebody, with everything that may be added."""

    def __init__(self, walk: Walk, code: str, outcome: str) -> None:
        self.walk, self.code = walk, code
        self.answers = dict(outcomes(code))[outcome]
        # The accountant has neither a shop nor a family in the city's registers.
        person, company = walk.city.actor("wu.accountant", "self"), walk.applicant("", "enterprise")
        # What only organisations are given a person begins who founds one on the way.
        self.actor: Actor = company if self.refused_to(person) else person

    def refused_to(self, actor: Actor) -> bool:
        plan = routing.plan_bundle(actor, event=self.code, answers=self.answers)
        added = [member.service for member in plan.members if member.why is Why.OPTIONAL]
        return forms.bundle_refusal(actor, plan=plan, services=added) is not None

    def draft(self) -> Draft:
        plan = routing.plan_bundle(self.actor, event=self.code, answers=self.answers)
        added = [member.service for member in plan.members if member.why is Why.OPTIONAL]
        return intake.start_bundle(self.actor, event=self.code, region=LINJIANG, answers=self.answers, services=added)

    def file(self) -> tuple[Submission, set[str]]:
        """The submission, and the services in it that this party files."""
        draft = self.draft()
        opened = forms.open_draft(self.actor, reference=draft.reference)
        if isinstance(opened.form, MergedForm):
            assert_asked_once(opened.form)
        submission = self.walk.submit(self.actor, draft, {})
        self.have_done_what_others_file(submission.matter)
        return submission, {member.service for member in opened.members}

    def have_done_what_others_file(self, matter: str) -> None:
        """The employer has filed its part: the applicant says so, and what waited for it goes on."""
        for member in Member.objects.filter(matter__reference=matter).exclude(by=""):
            matters.declare_done(self.actor, matter=matter, member=member.key, text="单位已办")
        self.walk.city.deliver()


@pytest.mark.parametrize(("code", "outcome"), ENDS)
def test_an_event_is_filed_once_and_comes_to_its_end(walk: Walk, code: str, outcome: str) -> None:
    bundle = Bundle(walk, code, outcome)
    submission, services = bundle.file()
    matter = Matter.objects.get(reference=submission.matter)
    assert {member.key for member in matter.members.filter(by="")} == services
    for case in walk.finish(matter.reference):
        assert_complete(case)
        assert case.outcome == "granted", case.service.code
    opened = Counter(Case.objects.filter(matter=matter.reference).values_list("service__code", flat=True))
    assert opened == Counter(services), "one case for each member"
    assert set(matter.members.values_list("state", flat=True)) == {"done"}
    matter.refresh_from_db()
    assert matter.state == "done"


@pytest.mark.parametrize(("code", "outcome"), TURNED)
def test_another_answer_gives_a_form_that_can_be_filed(walk: Walk, code: str, outcome: str) -> None:
    submission, services = Bundle(walk, code, outcome).file()
    matter = Matter.objects.get(reference=submission.matter)
    assert {member.key for member in matter.members.filter(by="")} == services
    started = matter.members.exclude(case="").values_list("case", flat=True)
    assert Case.objects.filter(matter=matter.reference).count() == len(set(started))


@pytest.mark.parametrize("code", [code for code, each in EVENTS.items() if each.get("edges")])
def test_a_refusal_takes_with_it_what_cannot_do_without(walk: Walk, code: str) -> None:
    submission, _services = Bundle(walk, code, "yes").file()
    matter = Matter.objects.get(reference=submission.matter)
    needs_of = Whole.load(matter).needs_of
    needed = {need.before for needs in needs_of.values() for need in needs}
    open_cases = Case.objects.filter(matter=matter.reference, outcome="", service__code__in=needed).order_by("pk")
    first = next((each for each in open_cases if each.version.plan), None)
    if first is None:  # all that something waits for is decided at once: nobody can refuse it
        assert not matter.members.filter(state="waiting").exists()
        return
    before = dict(matter.members.values_list("key", "state"))
    walk.offices.carry(first, "refused")
    walk.city.deliver()
    expected = {**before, first.service.code: rules.FAILED}
    while lost := [
        key for key, state in expected.items() if state == rules.WAITING and rules.cannot_start(needs_of[key], expected)
    ]:
        expected |= dict.fromkeys(lost, rules.DROPPED)
    assert dict(matter.members.values_list("key", "state")) == expected


def assert_asked_once(form: MergedForm) -> None:
    elements = Counter(question.element for question in form.questions if question.element)
    materials = Counter(question.material for question in form.file_questions)
    assert {key: times for key, times in (elements + materials).items() if times > 1} == {}
    for part in form.parts:
        brought = {part.form.by_key[key].element for key in part.awaited}
        asked = {form.by_key[name].element for name in part.names.values()}
        assert not brought & asked, f"{part.member} waits for what it is asked"


def assert_complete(case: Case) -> None:
    """What the person said and what siblings brought is all that its own form asks."""
    files: dict[str, list[str]] = {}
    for material, reference in case.files.values_list("material", "file__reference"):
        files.setdefault(material, []).append(reference)
    form = forms.form_for(case.version)
    assert not forms.check_answers(form, case.answers, files=files).faults, case.service.code
