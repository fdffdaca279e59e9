"""What a definition may say: every fault is named with its place."""

import copy

import pytest

from egov.catalogue import rules
from egov.catalogue.rules import Known, check_definition, complete
from tests.plugins.catalogue import LISTED

BOTH = {"zh-Hans": "甲", "en": "A"}


def content(**changes):
    own = {
        name: value for name, value in copy.deepcopy(LISTED).items() if name not in ("code", "mode", "department_role")
    }
    return complete({**own, **changes})


def paths(**changes):
    return [fault.path for fault in check_definition(content(**changes), Known(procedures={"licensing"}))]


def test_a_good_listed_definition_has_no_fault():
    assert paths() == []


def test_a_good_fileable_definition_has_no_fault(fileable):
    assert paths(**fileable) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": {"zh-Hans": "只有中文"}}, "name"),
        ({"item_type": "99"}, "item_type"),
        ({"level": "planet"}, "level"),
        ({"audience": []}, "audience"),
        ({"audience": ["cats"]}, "audience"),
        ({"procedure": "magic"}, "procedure"),
        ({"promised_limit": 21}, "promised_limit"),
        ({"promised_limit": -1}, "promised_limit"),
        ({"promised_limit": 0}, "promised_limit"),
        ({"case_kind": "instant"}, "promised_limit"),
        ({"statutory_unit": "weeks"}, "statutory_limit"),
        ({"materials": [{"key": "a", "name": BOTH, "source": "thin air"}]}, "materials/0/source"),
        (
            {"materials": [{"key": "a", "name": BOTH, "source": "shared", "required": "when =="}]},
            "materials/0/required",
        ),
        ({"materials": [{"key": "Bad Key", "name": BOTH, "source": "shared"}]}, "materials/0/key"),
        ({"materials": [{"key": "a", "name": BOTH, "source": "shared"}] * 2}, "materials/1/key"),
        ({"fee": {"amount": "40"}}, "fee/amount"),
        ({"fee": {"amount": 40.0}}, "fee/amount"),
        ({"fee": {"amount": "-1.00", "basis": BOTH}}, "fee/amount"),
        ({"fee": {"amount": "40.00"}}, "fee/basis"),
        ({"fee": {"items": [{"key": "a", "name": BOTH, "amount": "x"}]}}, "fee/items/0/amount"),
        ({"outputs": [{"key": "a", "name": BOTH, "type": "gold"}]}, "outputs/0/type"),
        ({"legal_basis": [{"article": "5"}]}, "legal_basis/0"),
        ({"legal_basis": [{"instrument": "cn.x", "article": "art. 5"}]}, "legal_basis/0/article"),
        ({"depends_on": ["BR01"]}, "depends_on/0"),
        ({"opinions": [{"purpose": BOTH}]}, "opinions/0"),
        ({"faq": [{"question": BOTH}]}, "faq/0"),
        ({"needs": {"en": [""]}}, "needs/en"),
        ({"online_depth": 9}, "online_depth"),
        ({"online_depth": 4}, "online_depth"),
        ({"channel": {"forms": ["pigeon"]}}, "channel/forms"),
        ({"auto_decision": {"outcome": "granted"}}, "auto_decision"),
    ],
)
def test_a_fault_is_named_with_its_place(changes, path):
    assert path in paths(**changes)


def test_keys_that_exist_elsewhere_must_exist():
    known = Known(
        instruments={"cn.food-safety-law"},
        tables={"t"},
        effects={"e"},
        services={"BR01"},
        special_procedures={"licensing": ["hearing"]},
    )
    bad = content(
        legal_basis=[{"instrument": "cn.none"}],
        auto_advice={"table": "none"},
        effects=[{"key": "none"}],
        depends_on=[["BR99"]],
        special_procedures=["none"],
    )
    assert {fault.path for fault in check_definition(bad, known)} == {
        "legal_basis/0/instrument",
        "auto_advice/table",
        "effects/0",
        "depends_on/0",
        "special_procedures/0",
    }


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda form: form["properties"]["name"].pop("x-title"), "form/properties/name/x-title"),
        (lambda form: form["properties"]["name"].update(type="text"), "form/properties/name/type"),
        (lambda form: form["properties"]["name"].update({"x-widget": "slider"}), "form/properties/name/x-widget"),
        (lambda form: form["properties"]["name"].update({"x-colour": "red"}), "form/properties/name/x-colour"),
        (lambda form: form["properties"]["name"].update(format="zodiac"), "form/properties/name/format"),
        (lambda form: form["properties"]["kind"]["x-labels"].pop("b"), "form/properties/kind/x-labels/b"),
        (
            lambda form: form["properties"]["reason"].update({"x-visible-when": "kind ="}),
            "form/properties/reason/x-visible-when",
        ),
        (
            lambda form: form["properties"]["drawing"].update({"x-material": "none"}),
            "form/properties/drawing/x-material",
        ),
        (lambda form: form["properties"].update({"Bad": form["properties"].pop("name")}), "form/properties/Bad"),
        (lambda form: form["required"].append("ghost"), "form/required"),
        (lambda form: form["x-pages"][0]["fields"].remove("name"), "form/x-pages"),
        (lambda form: form["x-pages"][0]["fields"].append("name"), "form/x-pages"),
        (lambda form: form["x-pages"][0].pop("title"), "form/x-pages/0/title"),
        (
            lambda form: form["properties"]["reason"].update({"x-required-when": "nosuch > 3"}),
            "form/properties/reason/x-required-when",
        ),
        (
            lambda form: form["properties"]["reason"].update({"x-visible-when": 'kind == "c"'}),
            "form/properties/reason/x-visible-when",
        ),
        (lambda form: form["x-pages"][0].update(visible_when="nosuch"), "form/x-pages/0/visible_when"),
        (
            lambda form: (
                form["properties"]["name"].update({"x-visible-when": 'reason == "x"'})
                or form["properties"]["kind"].update({"x-visible-when": 'name == "x"'})
            ),
            "form/properties/name/x-visible-when",
        ),
        (
            lambda form: form["x-pages"][0].update(visible_when='kind == "a"'),
            "form/properties/kind/x-visible-when",
        ),
        (lambda form: form["properties"]["kind"]["enum"].append("a"), "form/properties/kind/enum"),
        (
            lambda form: [form["properties"][key].update({"x-element": "contact.phone"}) for key in ("name", "reason")],
            "form/properties/reason/x-element",
        ),
        (lambda form: form["properties"]["name"].update(maxLength="long"), "form/properties/name/maxLength"),
        (lambda form: form.update(type="array"), "form"),
    ],
)
def test_a_fault_in_a_form_is_named(fileable, edit, path):
    edit(fileable["form"])
    assert path in [fault.path for fault in rules.check_definition(content(**fileable))]


def test_a_repeating_group_is_checked_within():
    group = {
        "type": "array",
        "x-widget": "group",
        "x-title": BOTH,
        "items": {"type": "object", "properties": {"age": {"type": "integer"}}},
    }
    form = {"type": "object", "properties": {"children": group}}
    assert [fault.path for fault in rules.check_form(form, [])] == [
        "form/properties/children/items/properties/age/x-title"
    ]


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda plan: plan["steps"][0].update(after=["sign"]), "plan/steps"),
        (lambda plan: plan["steps"][1].update(kind="dance"), "plan/steps/1/kind"),
        (lambda plan: plan["steps"][1].update(when="kind =="), "plan/sign/when"),
        (lambda plan: plan["steps"][1].update(when="ghost == 1"), "plan/sign/when"),
        (lambda plan: plan["steps"][1].update(when="kind == true"), "plan/sign/when"),
    ],
)
def test_a_fault_in_a_plan_is_named(fileable, edit, path):
    edit(fileable["plan"])
    assert path in [fault.path for fault in rules.check_definition(content(**fileable))]


@pytest.mark.parametrize(
    ("part", "path"),
    [
        (
            {"materials": [{"key": "plan", "name": BOTH, "source": "applicant", "required": "ghost == 1"}]},
            "materials/0/required",
        ),
        (
            {"fee": {"basis": BOTH, "items": [{"key": "a", "name": BOTH, "amount": "1.00", "when": 'kind == "c"'}]}},
            "fee/items/0/when",
        ),
        ({"outputs": [{"key": "a", "name": BOTH, "type": "letter", "when": "ghost"}]}, "outputs/0/when"),
        ({"letters": [{"key": "a", "act": "grant", "text": BOTH, "when": "ghost"}]}, "letters/a/when"),
    ],
)
def test_what_a_part_depends_on_is_asked_and_the_fault_says_whose_it_is(fileable, part, path):
    (fault,) = check_definition(content(**fileable, **part))
    assert fault.path == path
    assert "“" in str(fault.message)
    assert BOTH["zh-Hans"] in str(fault.message)


def test_a_question_of_a_group_looks_at_its_row_and_at_the_form_and_a_step_at_earlier_ones(fileable):
    rows = {
        "age": {"type": "integer", "x-title": BOTH},
        "school": {"type": "string", "x-title": BOTH, "x-visible-when": 'age > 5 and kind == "a"'},
    }
    group = {"type": "array", "x-title": BOTH, "items": {"type": "object", "properties": rows}}
    fileable["form"]["properties"]["children"] = group
    fileable["form"]["x-pages"][0]["fields"].append("children")
    fileable["plan"]["steps"][1]["when"] = 'steps.check.outcome == "done"'
    assert check_definition(content(**fileable)) == []
    rows["school"]["x-visible-when"] = "height > 5"
    (fault,) = check_definition(content(**fileable))
    assert fault.path == "form/properties/children/items/properties/school/x-visible-when"


def test_a_form_without_a_way_to_a_decision_is_not_online(fileable):
    fileable["plan"] = None
    assert "online_depth" in [fault.path for fault in rules.check_definition(content(**fileable))]


def test_a_listed_service_without_procedure_may_leave_the_time_open_and_speak_one_language():
    bare = complete({"name": {"zh-Hans": "进口事项"}, "item_type": "20"})
    assert check_definition(bare) == []


def test_an_unknown_key_is_told_at_once():
    with pytest.raises(ValueError, match="colour"):
        complete({"colour": "red"})


def test_differences_name_the_place_and_match_rows_by_key():
    before = content()
    after = copy.deepcopy(before)
    after["promised_limit"] = 3
    after["name"]["en"] = "Better name"
    after["materials"][0]["required"] = "never"
    after["materials"].append({"key": "photo", "name": BOTH, "source": "applicant"})
    found = {each.path: (each.before, each.after) for each in rules.differences(before, after)}
    assert found["promised_limit"] == (5, 3)
    assert found["name/en"] == ("Trial service", "Better name")
    assert found["materials/plan/required"] == ("always", "never")
    assert found["materials/photo"][0] is None
    assert len(found) == 4


def test_the_text_of_a_citation_is_no_difference():
    before = content()
    after = copy.deepcopy(before)
    after["legal_basis"][0]["text"] = BOTH
    assert rules.differences(before, after) == []
    assert rules.digest(before) == rules.digest(after)


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"members": [{"service": "ZZ01"}, {"service": "ZZ01"}]}, "definition/members"),
        ({"members": [{"service": "ZZ77"}]}, "definition/members/0/service"),
        ({"members": [{"service": "ZZ01", "when": "a =="}]}, "definition/members/0/when"),
        ({"members": [{"service": "ZZ01"}], "edges": [{"from": "ZZ01", "to": "ZZ02"}]}, "definition/edges/0"),
        (
            {
                "members": [{"service": "ZZ01"}, {"service": "ZZ02"}],
                "edges": [{"from": "ZZ01", "to": "ZZ02"}, {"from": "ZZ02", "to": "ZZ01"}],
            },
            "definition/edges",
        ),
        ({"questions": [{"key": "a", "text": BOTH, "type": "mood"}]}, "definition/questions/0/type"),
        ({"questions": [{"key": "a", "text": BOTH, "type": "choice"}]}, "definition/questions/0/choices"),
        ({"questions": [{"key": "a", "type": "boolean"}]}, "definition/questions/0/text"),
    ],
)
def test_a_fault_in_an_event_is_named(definition, path):
    event = {"kind": "life", "name": BOTH, "summary": BOTH, "definition": definition}
    assert path in [fault.path for fault in rules.check_event(event, {"ZZ01", "ZZ02"})]
