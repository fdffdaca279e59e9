"""Each procedure quotes its own law: a benefit never the Licensing Law, a request for information its own regulation."""

import pytest

from egov.casework import actions
from egov.casework.models import Decision, Transition
from egov.documents.models import IssuedDocument
from egov.law import queries as law
from tests.plugins.casework import SHORT_PLAN

SOCIAL = {"instrument": "cn.social-insurance-law", "article": "45"}

# procedure -> words its letters must quote, words they must never quote, what the officer quotes, the service's own law
OWN = {
    "licensing": ("行政许可法", "社会保险法", {"instrument": "cn.licensing-law", "article": "38.2"}, []),
    "benefit": ("社会保险法", "行政许可法", SOCIAL, [SOCIAL]),
    "confirmation": ("社会保险法", "行政许可法", SOCIAL, [SOCIAL]),
    "foi": (
        "政府信息公开条例",
        "行政许可法",
        {"instrument": "cn.information-disclosure-regulation", "article": "36"},
        [],
    ),
    "petition": ("信访工作条例", "行政许可法", {"instrument": "cn.petition-regulation", "article": "32"}, []),
    "internal": ("社会保险法", "行政许可法", SOCIAL, [SOCIAL]),
}


def letters(case):
    return IssuedDocument.objects.filter(subject=f"case:{case.reference}").order_by("id")


def decide(casework, procedure, outcome):
    _own, _foreign, quoted, basis = OWN[procedure]
    case = casework.accepted(casework.service(procedure, plan=SHORT_PLAN, legal_basis=basis))
    actions.draft_decision(
        casework.reviewer, case=case.reference, outcome=outcome, reasons="理由见正文", citations=[quoted]
    )
    return casework.again(case)


@pytest.mark.parametrize("outcome", ["granted", "refused"])
@pytest.mark.parametrize("procedure", sorted(OWN))
def test_from_filing_to_decision_under_its_own_law(casework, procedure, outcome):
    case = decide(casework, procedure, outcome)
    assert (case.state, case.outcome) == ("delivered", outcome)
    own, foreign, *_ = OWN[procedure]
    text = str([letter.data for letter in letters(case)])
    assert own in text
    assert foreign not in text


@pytest.mark.parametrize("procedure", sorted(OWN))
def test_the_letters_are_called_what_the_procedure_calls_them(casework, procedure):
    case = decide(casework, procedure, "refused")
    titles = law.procedure(procedure).titles
    assert [letter.title for letter in letters(case)] == [titles["accept"], titles["refuse"]]


@pytest.mark.parametrize("procedure", sorted(OWN))
def test_the_story_carries_the_articles_of_the_procedure(casework, procedure):
    case = decide(casework, procedure, "granted")
    own = law.procedure(procedure)
    accepted = Transition.objects.get(case=case, act="accept")
    expected = own.articles_of("accept", case.version.legal_basis)
    assert [(row["instrument"], row["article"]) for row in accepted.basis] == [
        (article.instrument, article.article) for article in expected
    ]


@pytest.mark.parametrize("procedure", sorted(OWN))
def test_remedies_are_those_of_the_procedure(casework, procedure):
    case = decide(casework, procedure, "refused")
    own = law.procedure(procedure)
    letter = Decision.objects.get(case=case).letter
    assert len(letter.data["remedies"]) == len(own.remedies_for("refused"))
    for told, remedy in zip(letter.data["remedies"], own.remedies_for("refused"), strict=True):
        assert remedy.body["zh-Hans"] in told


@pytest.mark.parametrize(("procedure", "days"), [("licensing", "2026-11-30"), ("foi", "2026-11-30")])
def test_without_a_limit_of_its_own_the_procedures_limit_holds(casework, frozen, procedure, days):
    frozen("2026-11-02 10:00")
    version = casework.service(procedure, statutory_limit=None, statutory_unit="")
    assert casework.last_day(casework.accepted(version).statutory_due_at) == days
