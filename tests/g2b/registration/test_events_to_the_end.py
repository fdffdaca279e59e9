"""Opening a restaurant and closing a company: one form, every case worked off, and the register says so."""

from pathlib import Path

import pytest
import yaml

from egov.casework import actions
from egov.casework.models import Case
from egov.catalogue.models import Event
from egov.catalogue.rules import complete
from egov.identity import queries as identity
from egov.identity.models import Organisation
from egov.intake import actions as intake
from egov.intake import queries, rules
from egov.kernel import clock
from egov.matters.models import Matter
from egov.work.models import OPEN_ITEMS, WorkItem
from tests.plugins.registration import an_answer

pytestmark = [pytest.mark.long, pytest.mark.django_db]

EVENTS = Path("egov/catalogue/definitions/events")


class Office:
    """One office that handles everything, as the definitions are shipped."""

    def __init__(self, services, identities, deliver):
        self.services, self.identities, self.deliver = services, identities, deliver
        unit = services.unit
        names = ("clerk", "reviewer", "inspector", "section_head", "department_head")
        self.officers = {role: identities.officer(role, unit=unit) for role in names}
        self.companion = identities.officer("inspector", unit=unit)

    def publish(self, code):
        read = yaml.safe_load((EVENTS / f"{code}.yaml").read_text())
        for member in read["definition"]["members"]:
            self._publish(member["service"])
        kept = ("code", "kind", "name", "summary", "definition")
        return Event.objects.create(**{key: read[key] for key in kept})

    def _publish(self, code):
        read = yaml.safe_load(next(Path().glob(f"g2?/*/services/{code}.yaml")).read_text())
        content = complete({key: read[key] for key in read if key not in ("code", "mode", "department_role")})
        self.services.publish(code, **content)

    def work_off(self, matter):
        """Every case of the matter, and those that begin when others are decided."""
        while case := Case.objects.filter(matter=matter, outcome="").first():
            if case.state == "received":
                actions.accept(self.officers["clerk"], case=case.reference)
            while item := WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS).first():
                self._work(case, item)
            self.deliver()

    def _work(self, case, item):
        officer = self.officers.get(item.role, self.officers["reviewer"])
        if item.kind == "decide":
            actions.draft_decision(officer, case=case.reference, outcome="granted", reasons="符合条件。")
        elif item.kind == "sign":
            actions.sign_decision(officer, case=case.reference)
        else:
            step = next(each for each in case.version.plan["steps"] if each["key"] == item.step.key)
            outcome = next(each["key"] for each in step["outcomes"] if "back_to" not in each)
            others = [self.companion.post_id] if item.kind == "inspection" else []
            actions.complete_step(officer, case=case.reference, item_id=item.pk, outcome=outcome, together_with=others)


@pytest.fixture
def office(services, identities, deliver_outbox):
    return Office(services, identities, deliver_outbox)


def file(actor, head, event, uploads, *, numbers=None, services=(), told=None, **answers):
    """The one form filled in, with what is known already left as it is."""
    draft = intake.start_bundle(actor, event=event, region="990102", answers=answers, services=services)
    form = queries.open_draft(actor, reference=draft.reference).form
    numbers = {"cn-resident-id": identity.number_of(head.pk, "cn.ric"), **(numbers or {})}
    missing = {
        each.key: an_answer(each, numbers)
        for each in form.questions
        if not each.is_file and each.key not in draft.answers
    } | (told or {})
    intake.save_draft(actor, draft=draft.reference, answers=missing)
    asked = rules.check(form, {**draft.answers, **missing}, today=clock.today()).visible
    for question in form.file_questions:
        if question.key in asked:
            intake.attach(actor, draft=draft.reference, material=question.material, upload=uploads())
    submission = intake.submit(actor, draft=draft.reference, key="k")
    return Matter.objects.get(reference=submission.matter)


def test_a_restaurant_is_opened_with_one_form(office, identities, a_picture):
    office.publish("BE01")
    head = identities.person("林晓雯", region=identities.region())
    answers = {"form": "sole_trader", "area": 320, "sign": True, "drainage": True, "staff": True}
    more = {"tobacco": False, "first_business": False, "below_ground": False}
    matter = file(identities.resident(head), head, "BE01", a_picture, **answers, **more)
    office.work_off(matter.reference)
    members = dict(matter.members.values_list("key", "state"))
    assert members == dict.fromkeys(["BR02", "LC01", "LC03", "LC04", "LC05", "TX07", "SI01"], "done")
    shop = Organisation.objects.get(kind="sole_trader")
    code = identity.number_of(shop.pk, "cn.uscc")
    licences = Case.objects.filter(matter=matter.reference).exclude(service__code="BR02")
    assert {(case.applicant_id, case.answers["uscc"]) for case in licences} == {(shop.pk, code)}


def test_a_company_is_closed_with_one_form_and_has_ended(office, identities, a_picture):
    office.publish("BE04")
    head = identities.person("林晓雯", region=identities.region())
    company = identities.organisation(representative=head, region=identities.region())
    numbers = {"cn-uscc": identity.number_of(company.pk, "cn.uscc")}
    actor = identities.representative(company)
    answers = {"staff": True, "insured": True, "housing_fund": True}
    matter = file(actor, head, "BE04", a_picture, numbers=numbers, **answers)
    office.work_off(matter.reference)
    members = dict(matter.members.values_list("key", "state"))
    assert members == dict.fromkeys(["SI03", "TX05", "TX06", "TX09", "SI16", "HF09", "BR04"], "done")
    said = {case.service.code: case.answers for case in Case.objects.filter(matter=matter.reference)}
    assert said["HF09"]["change"] == "cancel", "nobody had to say that closing cancels"
    assert (said["TX05"]["period_kind"], said["TX06"]["return_kind"]) == ("final", "final")
    company.refresh_from_db()
    assert company.dissolved_on == clock.today()


FOUNDING = [
    ("BE01", {"form": "enterprise", "area": 80, "below_ground": True, "sign": True, "drainage": True, "tobacco": True, "staff": True, "first_business": False}, ("LC16",)),
    ("BE02", {"heavy": True, "dangerous": True, "drivers_certified": False, "new_vehicles": True}, ("LC08",)),
    ("BE09", {"controlled": True, "preferential": True}, ("LC21",)),
    ("BE10", {"devices": True, "clinic": True}, ("LC12", "MH12")),
]  # fmt: skip


@pytest.mark.parametrize(("event", "answers", "chosen"), FOUNDING, ids=[each[0] for each in FOUNDING])
def test_a_company_is_founded_with_all_it_needs(office, identities, a_picture, event, answers, chosen):
    office.publish(event)
    head = identities.person("林晓雯", region=identities.region())
    matter = file(identities.resident(head), head, event, a_picture, services=chosen, **answers)
    office.work_off(matter.reference)
    states = dict(matter.members.values_list("key", "state"))
    assert set(states.values()) == {"done"}, states
    assert {"BR01", *chosen} <= states.keys()
    code = identity.number_of(Organisation.objects.get(kind="enterprise").pk, "cn.uscc")
    told = [case.answers for case in Case.objects.filter(matter=matter.reference)]
    assert {each["uscc"] for each in told if "uscc" in each} == {code}


def test_a_company_changes_its_name_everywhere(office, identities, a_picture):
    office.publish("BE05")
    head = identities.person("林晓雯", region=identities.region())
    company = identities.organisation(representative=head, region=identities.region())
    numbers = {"cn-uscc": identity.number_of(company.pk, "cn.uscc")}
    actor = identities.representative(company)
    answers = {"abnormal": True, "name_changes": True}
    told = {"br03__representative_name": "林晓雯"}
    matter = file(actor, head, "BE05", a_picture, numbers=numbers, told=told, **answers)
    office.work_off(matter.reference)
    company.party.refresh_from_db()
    seal = Case.objects.get(matter=matter.reference, service__code="BR05")
    assert seal.answers["organisation_name"] == company.party.name != "江州晓雯餐饮有限公司"
    assert Case.objects.get(matter=matter.reference, service__code="HF09").answers["change"] == "change"
