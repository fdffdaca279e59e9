"""The twelve statutory procedures say what their own law says, and quote no other."""

import dataclasses

import pytest

from egov.law import rules
from egov.law.files import default_place, read_law
from egov.law.rules import ACTS

FILES = read_law(default_place())
PROCEDURES = {
    row["key"]: rules.read_procedure(key=row["key"], version=1, name=row["name"], definition=row["definition"])
    for row in FILES.procedures
}
TITLES = {row["key"]: row["title"] for row in FILES.instruments}


def limits(part):
    return (part.limit, part.unit) if part else None


def test_there_are_twelve():
    assert set(PROCEDURES) == {
        "licensing", "confirmation", "benefit", "public_service", "collection", "foi",
        "petition", "reconsideration", "hotline", "penalty", "internal", "data_sharing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "decision", "extension", "approver"),
    [
        ("licensing", (20, "wd"), (10, "wd"), "department_head"),  # Licensing Law art. 42
        ("confirmation", (2, "m"), None, None),
        ("benefit", (2, "m"), None, None),
        ("public_service", (2, "m"), None, None),
        ("collection", (30, "d"), None, None),  # Implementing Rules of the Tax Collection Law art. 78
        ("foi", (20, "wd"), (20, "wd"), "section_head"),  # Disclosure Regulation art. 33
        ("petition", (60, "d"), (30, "d"), "department_head"),  # Petition Regulation art. 34
        ("reconsideration", (60, "d"), (30, "d"), "section_head"),  # Reconsideration Law art. 62
        ("hotline", (5, "wd"), (10, "wd"), "section_head"),
        ("penalty", (90, "d"), None, None),  # Penalty Law art. 60
        ("data_sharing", (10, "wd"), None, None),
    ],
)
def test_time_to_decide_and_who_extends_it(key, decision, extension, approver):
    procedure = PROCEDURES[key]
    assert limits(procedure.decision) == decision
    assert limits(procedure.extension) == extension
    assert (procedure.extension.approver_role if procedure.extension else None) == approver


@pytest.mark.parametrize(
    ("key", "window", "deemed", "on_silence"),
    [
        ("licensing", (5, "wd"), True, "terminate"),  # art. 32.1.4: not told in time means accepted
        ("benefit", (5, "wd"), False, "terminate"),
        ("foi", (7, "wd"), False, "withdraw"),  # art. 30: silence gives up the request
        ("reconsideration", (5, "wd"), True, "withdraw"),  # art. 31
        ("hotline", (1, "wd"), True, "decide"),
    ],
)
def test_correction_is_asked_once_within_the_window(key, window, deemed, on_silence):
    correction = PROCEDURES[key].correction
    assert (limits(correction), correction.times) == (window, 1)
    assert (correction.deemed_accepted, correction.on_silence) == (deemed, on_silence)


def test_an_answer_to_an_information_request_counts_from_the_corrected_request():
    assert PROCEDURES["foi"].correction.restarts_clock
    assert not PROCEDURES["licensing"].correction.restarts_clock


def test_a_penalty_is_no_application():
    penalty = PROCEDURES["penalty"]
    assert (penalty.correction, penalty.can_withdraw) == (None, False)


@pytest.mark.parametrize("key", sorted(set(PROCEDURES) - {"licensing"}))
def test_only_licensing_quotes_the_licensing_law(key):
    assert "cn.licensing-law" not in PROCEDURES[key].instruments()
    texts = [
        text
        for words in (PROCEDURES[key].terms, PROCEDURES[key].titles, PROCEDURES[key].wording)
        for text in words.values()
    ]
    assert not any("许可" in text["zh-Hans"] or "licen" in text["en"].lower() for text in texts)


@pytest.mark.parametrize(
    ("key", "remedies"),
    [
        ("licensing", [("reconsideration", 60, "d"), ("litigation", 6, "m")]),
        ("benefit", [("reconsideration", 60, "d"), ("litigation", 6, "m")]),
        ("collection", [("reconsideration", 60, "d"), ("litigation", 15, "d")]),
        ("foi", [("reconsideration", 60, "d"), ("litigation", 15, "d")]),
        ("petition", [("review", 30, "d")]),
        ("reconsideration", [("litigation", 15, "d")]),
    ],
)
def test_remedies(key, remedies):
    assert [(each.kind, each.limit, each.unit) for each in PROCEDURES[key].remedies_for("refused")] == remedies


def test_where_reconsideration_comes_first_it_says_so():
    first = {key for key, procedure in PROCEDURES.items() if any(each.first for each in procedure.remedies)}
    assert first == {"collection", "foi"}  # Tax Collection Law art. 88.1; Reconsideration Law art. 23.1.4


@pytest.mark.parametrize("key", sorted(PROCEDURES))
def test_every_act_has_its_word_and_every_article_its_instrument(key):
    procedure = PROCEDURES[key]
    assert set(procedure.terms) == set(ACTS)
    for articles in procedure.articles.values():
        for article in articles:
            assert rules.article_text(TITLES[article.instrument], article.article)["en"]


def test_a_benefit_rests_on_the_law_of_the_service():
    basis = [{"instrument": "cn.social-insurance-law", "article": "45"}]
    assert str(PROCEDURES["benefit"].articles_of("refuse", basis)[0]) == "cn.social-insurance-law 45"
    assert PROCEDURES["licensing"].articles_of("accept", basis) == PROCEDURES["licensing"].articles["accept"]


def test_a_procedure_cannot_be_changed_by_who_reads_it():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PROCEDURES["licensing"].decision.limit = 99


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decision": {"limit": "20", "unit": "wd"}}, "decision.limit"),
        ({"decision": {"limit": 20, "unit": "weeks"}}, "decision.unit"),
        ({"silence": {"outcome": "maybe"}}, "silence.outcome"),
        ({"articles": {"sing": []}}, "unknown acts sing"),
        ({"articles": {"grant": [{"instrument": "cn.x", "article": "art. 5"}]}}, "not an article"),
        ({"terms": {}}, "terms lacks"),
        ({"surprise": 1}, "unknown surprise"),
        (
            {"extension": {"limit": 10, "unit": "wd", "times": 1, "approver": {"zh-Hans": "甲", "en": "A"}}},
            "approver_role",
        ),
        ({"remedies": [{"kind": "prayer", "limit": 1, "unit": "d"}]}, "remedies.kind"),
    ],
)
def test_a_faulty_procedure_is_refused_with_the_place_of_the_fault(change, message):
    definition = next(row for row in FILES.procedures if row["key"] == "licensing")["definition"]
    with pytest.raises(ValueError, match=message):
        rules.read_procedure(key="x", version=1, name={"zh-Hans": "甲", "en": "A"}, definition={**definition, **change})


@pytest.mark.parametrize(
    ("article", "chinese", "english"),
    [
        ("", "《中华人民共和国行政许可法》", "Administrative Licensing Law"),
        ("32.1.4", "《中华人民共和国行政许可法》第三十二条第一款第四项", "Administrative Licensing Law, art. 32(1)(4)"),
        ("11.0.12", "《中华人民共和国行政许可法》第十一条第十二项", "Administrative Licensing Law, art. 11(12)"),
        ("45-46", "《中华人民共和国行政许可法》第四十五条至第四十六条", "Administrative Licensing Law, arts. 45–46"),
        ("7, 20.1", "《中华人民共和国行政许可法》第七条、第二十条第一款", "Administrative Licensing Law, arts. 7, 20(1)"),
        ("108", "《中华人民共和国行政许可法》第一百零八条", "Administrative Licensing Law, art. 108"),
        ("1077", "《中华人民共和国行政许可法》第一千零七十七条", "Administrative Licensing Law, art. 1077"),
        ("110", "《中华人民共和国行政许可法》第一百一十条", "Administrative Licensing Law, art. 110"),
    ],
)  # fmt: skip
def test_articles_are_read_as_people_write_them(article, chinese, english):
    text = rules.article_text(TITLES["cn.licensing-law"], article)
    assert text == {"zh-Hans": chinese, "en": english}


def test_a_document_number_stays_outside_the_title_marks():
    text = rules.article_text({"zh-Hans": "关于甲的意见（国发〔2022〕5号）"}, "3")
    assert text["zh-Hans"] == "《关于甲的意见》（国发〔2022〕5号）第三条"
