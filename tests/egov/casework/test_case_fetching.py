"""Shared materials are fetched from registers after filing: with consent, once, and never claimed when they are not."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from egov.casework import actions
from egov.casework.actions import fetching
from egov.casework.models import CaseFile, Fetched, Transition
from egov.casework.queries import Standing, case_for_applicant, case_page, material_lines, paper_of
from egov.documents import actions as documents
from egov.documents import queries as document_queries
from egov.documents.models import StoredFile
from egov.journal import queries as journal
from egov.journal.models import Entry
from egov.kernel import clock, references
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed, Unavailable
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref
from egov.registers import actions as registers
from egov.registers import evidence as reading
from egov.registers.models import Consent
from tests.plugins.papers import text_of

pytestmark = pytest.mark.django_db

NAMES = {
    "id_card": "居民身份证",
    "business_licence": "营业执照",
    "driving_licence": "机动车驾驶证",
    "unemployment_registration": "失业登记",
    "representative_id_card": "法定代表人身份证",
    "filer_id_card": "经办人身份证",
    "patents": "专利",
}


def shared(key: str, *, evidence: str | None = None, **more: Any) -> dict[str, Any]:
    kind = {"evidence": key if evidence is None else evidence} if evidence != "" else {}
    return {"key": key, "name": {"zh-Hans": NAMES.get(key, key), "en": key}, "source": "shared", **kind, **more}


@pytest.fixture(autouse=True)
def dictionary() -> int:
    return registers.load_elements(SYSTEM)


@pytest.fixture
def agreed(casework):
    """``agreed("id_card")``: a matter for which the applicant lets the department fetch these."""

    def make(*materials: str, who: Any = None, department: Any = None, matter: str = "") -> str:
        reference = matter or references.draw("M")
        registers.give_consent(
            who or casework.applicant,
            recipient_id=(department or casework.department).pk,
            elements=list(materials),
            purpose={"zh-Hans": "食品经营许可"},
            subject=Ref("matter", reference),
        )
        return reference

    return make


@pytest.fixture
def opened(casework, agreed, deliver_outbox):
    """``opened("id_card")``: a received case of a service with these materials, agreed to, with what was fetched."""

    def make(*materials: Any, agree: bool = True, **more: Any) -> Any:
        rows = [shared(each) if isinstance(each, str) else each for each in materials]
        matter = agreed(*(row["key"] for row in rows)) if agree else references.draw("M")
        case = casework.received(casework.service(materials=rows), matter=matter, **more)
        deliver_outbox()
        return case

    return make


def licence(casework, *, of: Any = None, type_: str = "DRIVING", **more: Any) -> Any:
    return documents.issue_credential(
        SYSTEM,
        type=type_,
        holder_id=of or casework.applicant.party_id,
        issuer_id=casework.department.pk,
        case="",
        service=more.pop("service", "CL07"),
        data={"person.name": "赵启明"},
        valid_from=more.pop("valid_from", dt.date(2025, 1, 1)),
        valid_to=more.pop("valid_to", None),
        title={"zh-Hans": "机动车驾驶证", "en": "Driving licence"},
        **more,
    )


def revoke(held: Any) -> None:
    documents.revoke_credential(SYSTEM, credential_id=held.pk, kind="lost", reason={"zh-Hans": "遗失", "en": "Lost"})


# --- With consent, and only with it -----------------------------------------------------------------------


def test_with_consent_the_department_gets_what_the_register_says_with_its_day(opened, casework):
    case = opened("id_card")
    fetched = Fetched.objects.get(case=case)
    assert (fetched.absent, fetched.register, fetched.as_of) == ("", "population", clock.today())
    assert fetched.about_id == casework.applicant.party_id
    assert "赵启明" in [row["value"] for row in fetched.rows]
    assert fetched.number == "", "the number of a person stands among the rows, where it is masked on pages"
    paper = fetched.paper
    assert (paper.origin, paper.material) == ("register", "id_card")
    told = text_of(document_queries.open_file(paper.file_id).read())
    assert "赵启明" in told
    assert "人口基础信息库" in told
    assert "食品经营许可" in told


def test_without_consent_nothing_is_read_and_the_case_says_so(opened, casework):
    case = opened("id_card", agree=False)
    assert Fetched.objects.get(case=case).absent == "no_consent"
    assert not CaseFile.objects.filter(case=case).exists()
    assert not [seen for seen in journal.views_of(casework.applicant.party_id) if seen.department_id]


def test_what_was_agreed_for_another_matter_or_department_is_not_enough(opened, casework, agreed):
    agreed("id_card")
    agreed("id_card", department=casework.elsewhere.department)
    assert Fetched.objects.get(case=opened("id_card", agree=False)).absent == "no_consent"


def test_consent_revoked_ends_fetching_by_hand(opened, casework):
    case = opened("id_card")
    registers.revoke_consent(casework.applicant, consent_id=Consent.objects.get().pk)
    again = actions.fetch_again(casework.reviewer, case=case.reference, material="id_card")
    assert (again.absent, again.paper) == ("no_consent", None)
    assert CaseFile.objects.filter(case=case).count() == 1, "what was read before stays lawful (PIPL art. 15)"


def test_the_person_sees_which_department_received_what_for_what(opened, casework):
    case = opened("id_card")
    (seen,) = journal.views_of(casework.applicant.party_id)
    assert seen.department_id == casework.department.pk
    assert Ref("case", case.reference) in seen.refs
    assert seen.reason == "食品经营许可：居民身份证"


def test_nothing_is_fetched_that_the_answers_do_not_need(opened):
    case = opened(shared("id_card", required="area > 100"), shared("driving_licence", required="never"), agree=True)
    assert not Fetched.objects.filter(case=case).exists()


def test_what_was_handed_in_is_not_fetched(casework, agreed, deliver_outbox, a_picture):
    stored = documents.store_file(
        casework.applicant, upload=a_picture("卡.png"), owner_id=casework.applicant.party_id, max_size=10**6
    )
    version = casework.service(materials=[shared("id_card")])
    case = casework.received(version, matter=agreed("id_card"), files=[("id_card", stored.pk)])
    deliver_outbox()
    assert not Fetched.objects.exists()
    (line,) = material_lines(case_page(casework.reviewer, case.reference))
    assert (line.standing, line.is_missing) == (Standing.HANDED_IN, False)


# --- What is not there is told -----------------------------------------------------------------------------


def test_what_no_register_holds_is_told(opened):
    case = opened("driving_licence", "unemployment_registration")
    told = dict(Fetched.objects.filter(case=case).values_list("material", "absent"))
    assert told == {"driving_licence": "nothing", "unemployment_registration": "nothing"}
    case = opened(shared("patents", evidence=""), agree=False)
    assert Fetched.objects.get(case=case).absent == "no_register", "nobody is asked to agree to what cannot be fetched"


def test_a_certificate_of_this_platform_goes_as_it_was_sealed(opened, casework):
    held = licence(casework, valid_to=dt.date(2031, 1, 1))
    fetched = Fetched.objects.get(case=opened("driving_licence"))
    assert (fetched.register, fetched.number, fetched.valid_to) == ("certificates", held.number, dt.date(2031, 1, 1))
    held.document.refresh_from_db()
    assert fetched.paper.file_id == held.document.file_id


@pytest.mark.parametrize("how", ["revoked", "suspended", "expired"])
def test_a_certificate_that_is_no_longer_in_force_is_none(opened, casework, how):
    held = licence(casework, valid_to=dt.date(2026, 1, 1) if how == "expired" else None)
    if how == "revoked":
        revoke(held)
    elif how == "suspended":
        documents.suspend_credential(SYSTEM, credential_id=held.pk, reason={"zh-Hans": "暂扣"})
    assert Fetched.objects.get(case=opened("driving_licence")).absent == "ended"


def test_what_somebody_holds_answers_until_it_ends(opened, casework):
    held = registers.hold(
        SYSTEM,
        party_id=casework.applicant.party_id,
        service="EM01",
        output="unemployment_registration",
        source=Ref("case", "C1"),
        valid_from=dt.date(2026, 1, 1),
    )
    fetched = Fetched.objects.get(case=opened("unemployment_registration"))
    assert (fetched.register, fetched.number) == ("holdings", "C1")
    registers.end_holding(SYSTEM, source=Ref.parse(held.source))
    assert Fetched.objects.get(case=opened("unemployment_registration")).absent == "ended"


def test_a_decision_of_another_department_is_evidence_with_its_letter(opened, casework):
    granted = casework.decided(casework.service(code="SI09"))
    fetched = Fetched.objects.get(case=opened(shared("award", evidence="unemployment_benefit")))
    assert fetched.register == "decisions"
    letter = granted.decision.letter
    letter.refresh_from_db()
    assert fetched.paper.file_id == letter.file_id
    refused = casework.decided(casework.service(code="SI07"), outcome="refused")
    assert refused.outcome == "refused"
    assert Fetched.objects.get(case=opened(shared("p", evidence="pension_determination"))).absent == "nothing"


def test_of_several_sources_the_first_that_holds_it_answers(opened, casework, identities, agreed, deliver_outbox):
    head = identities.person("林晓雯")
    shop = identities.organisation(representative=head, region=identities.region())
    acting = identities.representative(shop)
    found = []
    for _turn in range(2):
        matter = agreed("business_licence", who=acting)
        version = casework.service(materials=[shared("business_licence")])
        case = casework.received(version, matter=matter, applicant_id=shop.pk, filed_by_id=head.pk)
        deliver_outbox()
        found.append(Fetched.objects.get(case=case).register)
        licence(casework, of=shop.pk, type_="BIZ_LICENSE", service="BR01")
    assert found == ["organisations", "certificates"]


@pytest.mark.parametrize("filer", ["head", "clerk"])
def test_nobody_agrees_for_another_person(casework, identities, agreed, deliver_outbox, filer):
    people = {"head": identities.person("林晓雯"), "clerk": identities.person("办事员")}
    shop = identities.organisation(representative=people["head"], region=identities.region())
    acting = replace(identities.representative(shop), party_id=people[filer].pk)
    matter = agreed("representative_id_card", "filer_id_card", who=acting)
    version = casework.service(materials=[shared("representative_id_card"), shared("filer_id_card")])
    case = casework.received(version, matter=matter, applicant_id=shop.pk, filed_by_id=people[filer].pk)
    deliver_outbox()
    rows = {row.material: row for row in Fetched.objects.filter(case=case)}
    assert rows["filer_id_card"].about_id == people[filer].pk
    assert rows["representative_id_card"].absent == ("" if filer == "head" else "other_person")
    assert len(journal.views_of(people["head"].pk)) == (1 if filer == "head" else 0)


# --- When: after the commit, once ---------------------------------------------------------------------------


def test_nothing_is_read_while_a_case_is_opened(casework, agreed):
    case = casework.received(casework.service(materials=[shared("id_card")]), matter=agreed("id_card"))
    assert not Fetched.objects.exists()
    (line,) = material_lines(case_page(casework.reviewer, case.reference))
    assert (line.standing, line.is_missing) == (Standing.OPEN, True)


def test_what_waits_for_its_fee_is_read_once_it_is_paid(casework, agreed, deliver_outbox):
    case = casework.unpaid(casework.service(materials=[shared("id_card")]), matter=agreed("id_card"))
    deliver_outbox()
    assert not Fetched.objects.exists()
    actions.receive_paid(SYSTEM, case=case.reference)
    deliver_outbox()
    assert Fetched.objects.get(case=case).absent == ""


def test_what_was_decided_at_once_needs_nothing_more(opened, casework):
    version = {"case_kind": "instant", "plan": None, "promised_limit": 0}
    auto = {"outcome": "granted", "reasons": {"zh-Hans": "符合", "en": "Met"}}
    case = casework.received(
        casework.service("public_service", materials=[shared("id_card")], auto_decision=auto, **version)
    )
    assert actions.fetch_all(SYSTEM, case=case.reference) == []
    (line,) = material_lines(case_page(casework.reviewer, case.reference))
    assert (line.standing, line.is_missing) == (Standing.NEVER, False)


def test_a_fetch_that_breaks_is_tried_again_and_doubles_nothing(casework, agreed, monkeypatch):
    from egov.kernel import outbox

    keep, calls = documents.keep_extract, []

    def breaking(*args: Any, **more: Any) -> StoredFile:
        calls.append(1)
        if len(calls) == 2:
            raise Unavailable
        return keep(*args, **more)

    monkeypatch.setattr(fetching.documents, "keep_extract", breaking)
    materials = [shared("id_card"), shared("household", evidence="filer_id_card")]
    case = casework.received(casework.service(materials=materials), matter=agreed("id_card", "household"))
    outbox.deliver()
    assert not Fetched.objects.exists(), "all of a case or nothing"
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=clock.now())
    outbox.deliver()
    assert Fetched.objects.filter(case=case, absent="").count() == 2
    assert CaseFile.objects.filter(case=case).count() == 2
    assert actions.fetch_all(SYSTEM, case=case.reference) == []
    assert CaseFile.objects.filter(case=case).count() == 2


def test_a_matter_reads_the_same_paper_once_for_all_that_may_have_it(casework, agreed, deliver_outbox, monkeypatch):
    read = []
    look_up = reading.look_up
    monkeypatch.setattr(
        "egov.registers.queries.look_up", lambda kind, **more: (read.append(kind.key), look_up(kind, **more))[1]
    )
    matter = agreed("id_card")
    version = casework.service(materials=[shared("id_card")])
    first, second = (casework.received(version, matter=matter) for _ in range(2))
    deliver_outbox()
    assert read == ["id_card"]
    papers = [Fetched.objects.get(case=case).paper for case in (first, second)]
    assert papers[0].pk != papers[1].pk
    assert papers[0].file_id == papers[1].file_id
    route = replace(
        casework.spec(version).route, department_id=casework.elsewhere.department_id, unit_id=casework.elsewhere.pk
    )
    third = casework.received(version, matter=matter, route=route)
    deliver_outbox()
    assert Fetched.objects.get(case=third).absent == "no_consent", "one department's consent is not another's"


# --- By hand ------------------------------------------------------------------------------------------------


def test_an_officer_fetches_again_and_the_journal_says_for_what(opened, casework):
    case = opened("driving_licence")
    assert Fetched.objects.get(case=case).absent == "nothing"
    held = licence(casework)
    again = actions.fetch_again(casework.reviewer, case=case.reference, material="driving_licence")
    assert (again.number, Fetched.objects.filter(case=case).count()) == (held.number, 1)
    look = Entry.objects.filter(kind="view", refs__contains=[f"party:{casework.applicant.party_id}"]).latest("id")
    assert (look.department_id, look.reason) == (casework.department.pk, "食品经营许可：机动车驾驶证")
    assert look.party_id == casework.reviewer.party_id
    assert Entry.objects.filter(action="casework.fetch_evidence", party_id=casework.reviewer.party_id).exists()
    assert Transition.objects.filter(case=case, act="fetch_evidence", note="机动车驾驶证").exists()


def test_only_a_shared_material_is_fetched_and_only_while_the_case_is_open(casework, opened):
    case = casework.received()
    with pytest.raises(InvalidInput):
        actions.fetch_again(casework.reviewer, case=case.reference, material="floor_plan")
    done = casework.decided(casework.service(materials=[shared("id_card")]))
    with pytest.raises(TransitionNotAllowed):
        actions.fetch_again(casework.reviewer, case=done.reference, material="id_card")


# --- Who sees it --------------------------------------------------------------------------------------------


def test_the_officer_and_the_applicant_read_it_and_nobody_else(opened, casework):
    case = opened("id_card")
    file = Fetched.objects.get(case=case).paper.file.reference
    for page in (case_page(casework.reviewer, case.reference), case_for_applicant(casework.applicant, case.reference)):
        (line,) = material_lines(page)
        assert (line.standing, line.extract.reference) == (Standing.FETCHED, file)
    assert paper_of(casework.reviewer, case.reference, file).file.reference == file
    for stranger in (casework.stranger, casework.adviser):
        with pytest.raises(NotFound):
            paper_of(stranger, case.reference, file)


def test_who_is_asked_for_an_opinion_sees_none_of_it(casework, opened):
    case = opened("id_card")
    actions.accept(casework.clerk, case=case.reference)
    actions.ask_opinion(casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="x")
    page = case_page(casework.adviser, case.reference)
    assert (page.given, page.papers, material_lines(page)) == ([], [], [])
