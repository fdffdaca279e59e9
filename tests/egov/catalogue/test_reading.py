"""What is read in every request is read once; lists say only what they show."""

import pytest

from egov.catalogue import actions, queries
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_a_published_service_is_read_once(service, django_assert_num_queries):
    queries.kept.forget()
    with django_assert_num_queries(2):  # the stamp, and the version with its service
        assert queries.published("ZZ01").service.code == "ZZ01"
    with django_assert_num_queries(0):
        for _ in range(10):
            queries.version(queries.published("ZZ01").pk)


def test_many_are_read_in_one_statement_and_unknown_ones_left_out(definitions, django_assert_num_queries):
    for number in range(1, 6):
        definitions.write(f"ZY{number:02d}")
    definitions.load()
    queries.kept.forget()
    codes = [f"ZY{number:02d}" for number in range(1, 6)]
    with django_assert_num_queries(2):
        assert list(queries.published_many([*codes, "NO01"])) == codes
    with django_assert_num_queries(0):
        queries.published_many(codes)


@pytest.mark.parametrize(
    "call", [lambda: queries.published("NO01"), lambda: queries.version(0), lambda: queries.event("LE00")]
)
def test_what_is_not_there_is_not_found(db, call):
    with pytest.raises(NotFound):
        call()


def test_lists_are_chosen_by_mode_audience_theme_and_event(definitions):
    definitions.write(themes=["food"])
    definitions.write("ZZ02", mode="g2b", audience=["enterprise"], department_role="fire", item_type="07")
    definitions.write_event()
    definitions.load()

    def codes(**chosen):
        return [row.service.code for row in queries.services(**chosen)]

    assert codes() == ["ZZ01", "ZZ02"]
    assert codes(mode="g2b") == codes(audience="enterprise") == codes(department_role="fire") == ["ZZ02"]
    assert codes(theme="food") == codes(event="LE99") == codes(item_type="01") == ["ZZ01"]
    assert codes(fileable=True) == []
    assert codes(codes=["ZZ02", "NO01"]) == ["ZZ02"]


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_takes_one_statement(definitions, count, django_assert_num_queries):
    for number in range(1, count + 1):
        definitions.write(f"ZY{number:02d}")
    definitions.load()
    with django_assert_num_queries(1):
        assert len([(row.service.code, row.name, row.promised_limit) for row in queries.services()]) == count


def test_only_services_with_a_form_and_a_way_to_decide_are_fileable(definitions, fileable):
    definitions.write()
    definitions.write("ZZ02", **fileable)
    definitions.write(
        "ZZ03",
        **{
            **fileable,
            "plan": None,
            "auto_decision": {"outcome": "granted", "reasons": {"zh-Hans": "可", "en": "Yes"}},
        },
    )
    definitions.load()
    assert [row.service.code for row in queries.services(fileable=True)] == ["ZZ02", "ZZ03"]
    numbers = queries.numbers()
    assert (numbers.services, numbers.listed, numbers.fileable) == (3, 1, 2)


def test_the_page_of_a_service_knows_what_comes_before_and_after(definitions, identities, django_assert_num_queries):
    definitions.write()
    definitions.write("ZZ02", depends_on=[["ZZ01"]])
    definitions.write_event()
    definitions.load()
    department = identities.department("jz.linjiang.market")
    actions.set_competence(SYSTEM, region="990102", department_id=department.pk, department_role="market")
    page = queries.service_page("ZZ02", "990102")
    assert [[each.code for each in group] for group in page.depends_on] == [["ZZ01"]]
    assert [office.key for office in page.offices] == ["jz.linjiang.market"]
    assert page.basis[0]["en"] == "Food Safety Law, art. 35"
    assert page.procedure.key == "licensing"
    first = queries.service_page("ZZ01", "990102")
    assert [each.code for each in first.followed_by] == ["ZZ02"]
    assert [each.code for each in first.events] == ["LE99"]
    with django_assert_num_queries(1):  # the departments, as they are now
        queries.service_page("ZZ01", "990102")
