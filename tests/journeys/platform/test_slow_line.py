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
