"""On a slow line: what is answered while the server still works out which questions follow is not lost."""

import pytest

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture
def language() -> str:
    return "zh-Hans"


def test_answers_given_meanwhile_stay(walker):
    person = walker("zhao.qiming", looks=False)
    person.go("/as/self/start/MH06/")
    person.submit()
    on_their_way = []
    person.page.route("**/drafts/**", lambda route: on_their_way.append(route))
    person.page.locator("main label", has_text="在医院出生").first.click()
    person.page.wait_for_function("document.querySelector('.htmx-request')")
    person.page.locator("[name=child_name]").fill("赵安安")
    person.page.locator("main label", has_text="女").first.click()
    for route in on_their_way:
        route.continue_()
    person.page.unroute_all(behavior="ignoreErrors")
    person.page.locator("[name=birth_hospital]").wait_for()  # what the answer brings up
    person.settle()
    assert person.page.input_value("[name=child_name]") == "赵安安"
    assert person.page.locator("[name=child_sex][value=female]").is_checked()


@pytest.fixture
def on_a_slow_line(walker):
    """A form whose first answer comes when ``release`` lets it: the server has saved by then what it was sent."""
    person = walker("zhao.qiming", looks=False)
    person.go("/as/self/start/MH06/")
    person.submit()
    on_their_way, statuses = [], []
    person.page.on("response", lambda response: statuses.append(response.status))
    person.page.route("**/drafts/**", lambda route: on_their_way.append(route), times=1)

    def choose(text):
        person.page.locator("main label", has_text=text).first.click()

    choose("在医院出生")
    person.page.locator(".htmx-request").first.wait_for(state="attached")
    [route] = on_their_way
    answer = route.fetch()
    return person, choose, lambda: route.fulfill(response=answer), statuses


def test_another_choice_before_the_answer_is_no_other_device(on_a_slow_line):
    person, choose, release, statuses = on_a_slow_line
    choose("不在医院")
    release()
    person.page.locator("#revision[value='2']").wait_for(state="attached")  # each choice was saved
    person.settle()
    assert person.page.locator("[name=place][value=elsewhere]").is_checked()
    assert not person.page.locator("[name=birth_hospital]").count()
    person.proceed(child_name="赵安安")
    assert 409 not in statuses


def test_going_on_before_the_answer_is_no_other_device(on_a_slow_line):
    person, _choose, release, statuses = on_a_slow_line
    person.page.locator("[name=child_name]").fill("赵安安")
    person.button("_act", "next").click(no_wait_after=True)
    with person.page.expect_navigation(wait_until="load"):
        release()
    assert 409 not in statuses
    assert person.page.input_value("[name=child_name]") == "赵安安"
