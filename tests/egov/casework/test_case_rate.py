"""好差评: once, five levels; a bad one is called back about, answered, and may be rated again."""

import pytest

from egov.casework import actions, errors
from egov.casework.models import Rating
from egov.casework.queries import ratings_to_handle
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.work.models import WorkItem

ANSWER = {"zh-Hans": "已致歉并缩短办理时间。", "en": "We apologised and shortened the time."}


def rated(casework, grade, **more):
    case = casework.decided()
    actions.rate(casework.applicant, case=case.reference, grade=grade, **more)
    return case


def kinds(case):
    return list(
        WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=["open", "claimed"]).values_list(
            "kind", flat=True
        )
    )


@pytest.mark.parametrize("grade", [3, 4, 5])
def test_a_good_rating_is_kept_and_told(casework, grade):
    case = rated(casework, grade, tags=["fast"], text="很好")
    assert Rating.objects.get(case=case).grade == grade
    assert kinds(case) == []
    assert OutboxMessage.objects.get(name="case_rated").payload["grade"] == grade


@pytest.mark.parametrize("grade", [1, 2])
def test_a_bad_one_goes_to_data_administration_for_a_call_back(casework, grade, frozen):
    frozen("2026-11-02 10:00")
    case = rated(casework, grade)
    item = casework.item(case, "verify_rating")
    assert (item.unit_id, item.role) == (casework.supervisor.unit_id, "supervisor")
    assert casework.last_day(item.due_at) == "2026-11-03"  # one working day
    assert [rating.case_id for rating in ratings_to_handle(casework.supervisor)] == [case.pk]


def test_without_data_administration_the_unit_answers_at_once(casework):
    from egov.identity.models import Post

    Post.objects.filter(pk=casework.supervisor.post_id).delete()
    assert kinds(rated(casework, 1)) == ["rectify"]


def test_justified_it_goes_to_the_unit(casework, frozen):
    frozen("2026-11-02 10:00")
    case = rated(casework, 1)
    actions.verify_rating(casework.supervisor, case=case.reference, justified=True, note="属实：等了两小时")
    item = casework.item(case, "rectify")
    assert (item.unit_id, casework.last_day(item.due_at)) == (casework.unit.pk, "2026-11-09")


def test_not_justified_it_is_kept_and_explained(casework):
    case = rated(casework, 1)
    actions.verify_rating(casework.supervisor, case=case.reference, justified=False, note="误点")
    assert kinds(case) == []
    assert Rating.objects.get(case=case).verified is False
    with pytest.raises(errors.NothingToRectify):
        actions.rectify_rating(casework.head, case=case.reference, rectification="x", public_answer=ANSWER)


def test_the_answer_is_public_and_may_be_rated(casework):
    case = rated(casework, 2)
    actions.verify_rating(casework.supervisor, case=case.reference, justified=True, note="属实")
    with pytest.raises(errors.SecondRatingNotOpen):
        actions.rate_again(casework.applicant, case=case.reference, grade=5)
    actions.rectify_rating(casework.head, case=case.reference, rectification="培训窗口人员", public_answer=ANSWER)
    actions.rate_again(casework.applicant, case=case.reference, grade=4)
    rating = Rating.objects.get(case=case)
    assert (rating.grade, rating.second_grade, rating.public_answer) == (2, 4, ANSWER)
    assert kinds(case) == []
    with pytest.raises(errors.SecondRatingNotOpen):
        actions.rate_again(casework.applicant, case=case.reference, grade=5)


def test_an_answer_says_something(casework):
    case = rated(casework, 2)
    with pytest.raises(InvalidInput):
        actions.rectify_rating(casework.head, case=case.reference, rectification="x", public_answer={"en": " "})


def test_once(casework):
    case = rated(casework, 5)
    with pytest.raises(errors.AlreadyRated):
        actions.rate(casework.applicant, case=case.reference, grade=1)


@pytest.mark.parametrize("bad", [{"grade": 0}, {"grade": 6}, {"grade": 5, "tags": ["unknown"]}])
def test_only_what_is_offered(casework, bad):
    case = casework.decided()
    with pytest.raises(InvalidInput):
        actions.rate(casework.applicant, case=case.reference, **bad)


def test_only_after_delivery_and_only_by_the_applicant(casework):
    case = casework.accepted()
    with pytest.raises(TransitionNotAllowed):
        actions.rate(casework.applicant, case=case.reference, grade=5)
    case = casework.decided()
    with pytest.raises(NotFound):
        actions.rate(casework.stranger, case=case.reference, grade=5)
    with pytest.raises(NotPermitted):
        actions.rate(casework.head, case=case.reference, grade=5)
