"""Every service of the room as it is shipped: filled in, worked through its plan, granted, with what comes of it."""

from pathlib import Path

import pytest
import yaml

from egov.casework import actions, deciding
from egov.casework.models import Case, Decision
from egov.catalogue.rules import complete
from egov.documents.models import Credential
from egov.identity import queries as identity
from egov.intake import rules
from egov.kernel import clock
from egov.registers.models import Holding
from egov.work.models import OPEN_ITEMS, WorkItem
from tests.plugins.registration import an_answer

pytestmark = pytest.mark.django_db

SERVICES = {file.stem: yaml.safe_load(file.read_text()) for file in Path("g2b/registration/services").glob("*.yaml")}
CHOSEN = {"BR03": {"name_changes": True, "changes": ["representative", "seat", "scope"]}}


@pytest.fixture
def people(casework, identities):
    head = identities.person("林晓雯", region=identities.region())
    return {
        "head": head,
        "company": identities.organisation(representative=head, region=identities.region()),
        "trader": identities.organisation("启明面馆", kind="sole_trader", representative=head, office="operator"),
        "inspectors": [identities.officer("inspector", unit=casework.unit) for _each in "12"],
    }


def applicant_of(code, people):
    if code == "BR09":
        return people["trader"]
    return people["head"] if code in ("BR01", "BR02", "LC08") else people["company"]


def filled(code, people):
    """What the form takes, with one answer to everything that is asked."""
    form = rules.compile_form(SERVICES[code]["form"], SERVICES[code]["materials"])
    numbers = {
        "cn-resident-id": identity.number_of(people["head"].pk, "cn.ric"),
        "cn-uscc": identity.number_of(people["company"].pk, "cn.uscc"),
    }
    answers = {each.key: an_answer(each, numbers) for each in form.questions if not each.is_file}
    answers |= {"representative_name": "林晓雯"} if "representative_name" in answers else {}
    answers |= CHOSEN.get(code, {})
    files = {each.material: ["F1"] for each in form.file_questions}
    checked = rules.check(form, answers, files=files, known={"region": {"990102"}}, today=clock.today())
    assert not checked.faults
    return {key: value for key, value in checked.answers.items() if not form.by_key[key].is_file}


def work_off(casework, case, inspectors):
    """By whoever has the role, until nothing is left; the drafted decision is signed by who did nothing before."""
    while item := WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS).first():
        officer = {
            "section_head": casework.head,
            "department_head": casework.director,
            "inspector": inspectors[0],
            "clerk": casework.clerk,
        }.get(item.role, casework.reviewer)
        if item.kind == "decide":
            casework.draft(case, officer=officer)
        elif item.kind == "sign":
            actions.sign_decision(officer, case=case.reference)
        else:
            others = [inspectors[1].post_id] if item.kind == "inspection" else []
            outcome = next(each["key"] for each in step_of(case, item)["outcomes"] if "back_to" not in each)
            casework.step(case, officer, item.kind, outcome, together_with=others)


def step_of(case, item):
    return next(each for each in case.version.plan["steps"] if each["key"] == item.step.key)


@pytest.mark.parametrize("code", sorted(SERVICES))
def test_a_service_is_granted_and_leaves_what_it_promises(casework, people, code):
    definition = {key: value for key, value in SERVICES[code].items() if key not in ("code", "mode", "department_role")}
    columns = complete(definition)
    version = casework.service(columns.pop("procedure"), code=code, **columns)
    applicant = applicant_of(code, people)
    case = casework.received(version, applicant_id=applicant.pk, answers=filled(code, people))
    if case.outcome != "granted":
        actions.accept(casework.clerk, case=case.reference)
        work_off(casework, case, people["inspectors"])
    case = Case.objects.get(pk=case.pk)
    assert case.outcome == "granted"
    made = Decision.objects.get(case=case)
    outputs = deciding.outputs_of(case)
    issued = {each.type for each in Credential.objects.filter(case=case.reference)}
    assert issued == {each["credential"] for each in outputs if each.get("credential")}
    assert {element for each in outputs for element in each.get("produces", {})} <= made.data.keys()
    held = {each.output for each in Holding.objects.filter(source=f"case:{case.reference}", party_id=applicant.pk)}
    named = [each["options"]["output"] for each in version.effects if each["key"] == "registers.hold"]
    assert held == set(named) <= {each["key"] for each in version.outputs}
