"""Each service that can be filed, from its form to its end, in the demonstration city: form, plan, effects, outputs.

Filed by whoever may ask for it, with answers that the form itself suggests; every step done by somebody whose work it
is, decided, paid, delivered, closed. What is filled in and done here is what people fill in and do: no table is written.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from egov.casework.deciding import outputs_of
from egov.casework.models import Case
from egov.documents.models import Credential, IssuedDocument
from egov.kernel.refs import Ref
from egov.matters.models import Matter
from egov.payments.models import Disbursement
from egov.registers import queries as registers
from egov.registers.models import Holding
from tests.plugins.handling import Walk

pytestmark = [pytest.mark.long, pytest.mark.timeout(120, func_only=True)]

# What the form alone does not tell: who is who in the city, and limits between answers.
GIVEN: dict[str, dict[str, Any]] = {
    # With another representative the one who asked acts for the company no longer, and reads its cases no longer.
    "BR03": {"name_changes": False, "changes": ["scope"]},
    "GE01": {"deputy": ""},  # a colleague of the same department, whose post has another number in every city
}


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """All services that can be filed, by code."""
    read = {
        file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in Path().glob("g2?/*/services/*.yaml")
    }
    return {
        code: each
        for code, each in sorted(read.items())
        if each.get("form") and (each.get("plan") or each.get("auto_decision"))
    }


FILINGS = [(code, kind) for code, each in definitions().items() for kind in each["audience"] if kind != "administrator"]
ONE_OF_EACH_PROCEDURE = {each["procedure"]: code for code, each in reversed(definitions().items()) if each.get("plan")}


@pytest.mark.parametrize(("code", "kind"), FILINGS)
def test_a_service_is_filed_granted_and_delivered(walk: Walk, code: str, kind: str) -> None:
    actor = walk.applicant(code, kind)
    case = walk.file(actor, code, **GIVEN.get(code, {}))
    walk.look_as_applicant(actor, case)
    case = walk.offices.carry(case, look=walk.look)
    assert (case.outcome, case.state) == ("granted", "delivered")
    walk.city.deliver()
    assert_all_came_of_it(case)
    walk.look_as_applicant(actor, case)
    assert Matter.objects.get(reference=case.matter).state == "done"


@pytest.mark.parametrize("code", ONE_OF_EACH_PROCEDURE.values(), ids=ONE_OF_EACH_PROCEDURE.keys())
def test_a_service_of_each_procedure_is_refused(walk: Walk, code: str) -> None:
    actor = walk.applicant(code, definitions()[code]["audience"][0])
    case = walk.offices.carry(walk.file(actor, code, **GIVEN.get(code, {})), "refused", look=walk.look)
    walk.city.deliver()
    assert (case.outcome, case.state) == ("refused", "delivered")
    assert_sealed(Ref("case", case.reference))
    assert not Credential.objects.filter(case=case.reference).exists()
    assert not Disbursement.objects.filter(subject=f"case:{case.reference}").exists()
    walk.look_as_applicant(actor, case)


def assert_all_came_of_it(case: Case) -> None:
    """Papers, what is produced for others, holdings, money."""
    subject, decision = Ref("case", case.reference), case.decision
    outputs = outputs_of(case)
    assert decision.letter is not None
    added = [row for row in case.version.letters if row["act"] == "grant" and "when" not in row]
    assert len(decision.letter.data.get("own_words", ())) >= len(added), "a paragraph found nothing to put in"
    assert_sealed(subject)
    issued = set(Credential.objects.filter(case=case.reference).values_list("type", flat=True))
    assert issued == {output["credential"] for output in outputs if output.get("credential")}
    for output in outputs:
        for element in output.get("produces", {}):
            assert_fits(element, decision.data.get(element))
    for effect in case.version.effects:
        match effect["key"]:
            case "registers.hold":
                held = Holding.objects.filter(source=str(subject), output=effect["options"]["output"])
                assert held.filter(party_id=case.applicant_id).exists()
            case "payments.order":
                assert Disbursement.objects.filter(subject=str(subject), payee_id=case.applicant_id).exists()


def assert_sealed(subject: Ref) -> None:
    assert not IssuedDocument.objects.filter(subject=str(subject)).exclude(state="sealed").exists()


def assert_fits(element: str, value: Any) -> None:
    assert value is not None, f"{element} was not produced"
    schema = registers.element(element).schema
    assert Draft202012Validator(schema).is_valid(value), f"{element}: {value!r} is not {schema}"
