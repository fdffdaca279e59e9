"""Draft, review by somebody else, publication, retirement, and switching off."""

import pytest

from egov.catalogue import actions, queries
from egov.catalogue.models import ServiceVersion, VersionState
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed

pytestmark = pytest.mark.django_db


def admin(party):
    return Actor(kind=CapacityKind.POST, capacity=f"p-{party}", party_id=party, roles=frozenset({"platform_admin"}))


def draft(**changes):
    return actions.draft_version(
        admin(1), code="ZZ01", changes=changes or {"promised_limit": 4}, change_reason="faster"
    )


def test_a_draft_changes_nothing_until_it_is_published(service):
    row = draft()
    assert (row.number, row.state, row.written_by_id) == (2, VersionState.DRAFT, 1)
    assert queries.published("ZZ01").pk == service.pk
    actions.review_version(admin(2), version_id=row.pk)
    assert queries.published("ZZ01").pk == service.pk
    actions.publish_version(admin(2), version_id=row.pk)
    assert queries.published("ZZ01").pk == row.pk
    assert ServiceVersion.objects.get(pk=service.pk).state == VersionState.RETIRED


def test_four_eyes(service):
    row = draft()
    with pytest.raises(NotPermitted) as caught:
        actions.review_version(admin(1), version_id=row.pk)
    assert caught.value.code == "four_eyes"
    nobody = Actor(kind=CapacityKind.POST, capacity="p-0", roles=frozenset({"platform_admin"}))
    with pytest.raises(NotPermitted):
        actions.review_version(nobody, version_id=row.pk)


def test_who_wrote_any_of_it_neither_reviews_nor_publishes_and_an_edit_voids_the_review(service):
    row = draft()
    actions.review_version(admin(2), version_id=row.pk)
    actions.edit_draft(admin(2), version_id=row.pk, changes={"promised_limit": 3})
    with pytest.raises(TransitionNotAllowed):
        actions.publish_version(admin(3), version_id=row.pk)
    for writer in (1, 2):
        with pytest.raises(NotPermitted) as caught:
            actions.review_version(admin(writer), version_id=row.pk)
        assert caught.value.code == "four_eyes"
    actions.review_version(admin(3), version_id=row.pk)
    for writer in (1, 2):
        with pytest.raises(NotPermitted) as caught:
            actions.publish_version(admin(writer), version_id=row.pk)
        assert caught.value.code == "four_eyes"
    assert actions.publish_version(admin(3), version_id=row.pk).promised_limit == 3


def test_all_who_wrote_a_version_are_kept_the_last_one_last(service):
    row = draft()
    for party in (2, 3, 1):
        row = actions.edit_draft(admin(party), version_id=row.pk, changes={"promised_limit": party})
    assert (row.writer_ids, row.written_by_id) == ([2, 3, 1], 1)


def test_a_faulty_draft_cannot_be_reviewed(service):
    row = draft(promised_limit=90, depends_on=[["NO01"]])
    with pytest.raises(InvalidInput) as caught:
        actions.review_version(admin(2), version_id=row.pk)
    assert [fault.path for fault in caught.value.faults] == ["promised_limit", "depends_on"]


def test_one_draft_at_a_time(service):
    draft()
    with pytest.raises(TransitionNotAllowed):
        draft()


@pytest.mark.parametrize("act", ["review", "publish", "retire", "edit"])
def test_moves_out_of_turn_are_refused(service, act):
    attempts = {
        "review": lambda: actions.review_version(admin(2), version_id=service.pk),
        "publish": lambda: actions.publish_version(admin(2), version_id=service.pk),
        "edit": lambda: actions.edit_draft(admin(2), version_id=service.pk, changes={}),
        "retire": lambda: actions.retire_version(admin(2), version_id=draft().pk, reason=""),
    }
    with pytest.raises(TransitionNotAllowed):
        attempts[act]()


def test_what_is_no_part_of_a_version_is_refused(service):
    with pytest.raises(InvalidInput):
        draft(state="published")
    with pytest.raises(NotFound):
        actions.draft_version(admin(1), code="NO01", changes={}, change_reason="")
    with pytest.raises(NotFound):
        actions.publish_version(admin(2), version_id=10**9)


def test_a_version_of_another_service_is_no_base(service, new_service):
    with pytest.raises(NotFound):
        actions.draft_version(admin(1), code="ZZ01", changes={}, change_reason="", based_on=new_service().pk)


def test_switched_off_a_service_is_found_by_its_cases_and_in_no_list(service):
    actions.set_enabled(admin(1), code="ZZ01", enabled=False, reason="flood")
    assert queries.published("ZZ01").service.enabled is False
    assert not queries.services().exists()
    assert queries.numbers().disabled == 1
    actions.set_enabled(admin(1), code="ZZ01", enabled=True)
    assert queries.services().get().service.code == "ZZ01"


def test_the_law_is_written_out_as_it_is_on_the_day(service):
    row = draft(legal_basis=[{"instrument": "cn.fire-law", "article": "15"}])
    assert row.legal_basis[0]["text"]["zh-Hans"] == "《中华人民共和国消防法》第十五条"
