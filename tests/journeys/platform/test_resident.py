"""A resident says what they need, files it with what is known filled in and a photo, pays, and follows it."""

import pytest

from tests.plugins.walking import PHOTO

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

NOT_A_PHOTO = {"name": "IMG_0424.jpg", "mimeType": "image/jpeg", "buffer": b"<html>hello</html>"}


def test_from_a_need_to_a_paid_matter(walker):
    person = walker()
    # Say what is needed, find the service, sign in on the way.
    person.go("/")
    person.page.locator("main input[name=q]").first.fill(person.say("身份证丢了", "I lost my identity card"))
    person.press(person.page.locator("main form button[type=submit]").first)
    person.follow("/service/CL02")
    person.press(person.page.locator("main a.usa-button").first)
    person.sign_in("lin.xiaowen" if person.zh else "zhao.qiming")
    person.follow("/as/self/")
    person.submit()

    # Nothing chosen, a day that does not exist, a day to come: told at the field, and nothing typed is lost.
    person.proceed()
    assert person.status == 422
    person.fill(purpose="lost")
    person.proceed(lost_on="2026-13-40")
    assert person.status == 422
    assert person.page.input_value("[name=lost_on__m]") == "13"
    person.proceed(lost_on="2126-01-02")
    person.sees(person.say("还没有到", "lies in the future"))
    person.proceed(lost_on="2026-03-02")

    # What registers know is shown with its source, not asked.
    assert not person.page.locator("main [name=id_number]").count()
    person.sees(person.say("人口基础信息库", "Population register"))
    person.proceed()

    # A wrong kind of file under a right name is refused; a photo held sideways is taken.
    person.fill(photo=NOT_A_PHOTO, delivery="counter")
    person.press(person.button("_act", "next"))
    assert person.status == 422
    person.proceed(photo=PHOTO)

    check = person.path
    # Without the declaration nothing is sent; pressing twice sends once.
    person.submit()
    assert person.status == 422
    person.agree()
    person.page.locator("main form button.usa-button[type=submit]").first.dblclick()
    person.page.wait_for_url("**/submissions/**")
    person.look()
    receipt = person.path
    person.go(check)
    assert person.path == receipt  # the form is gone: what was sent stands in its place

    # Turn back at the gateway, then pay the other way.
    person.follow("/bills/JZ")
    ways = [each.get_attribute("value") or "" for each in person.page.locator("main [name=way]").all()]
    assert len(ways) >= 2
    person.submit()
    person.page.locator("button[value=cancel], button[name=do]:not([value=pay])").first.click()
    person.page.wait_for_url("**/bills/**")
    person.look()
    person.fill(way=ways[-1])
    person.submit()
    person.page.locator("button[value=pay]").click()
    person.page.wait_for_url("**/bills/**")
    person.until("main .note--success")

    # One timeline, the department that has it, and the receipt for the fee.
    person.go(receipt)
    person.follow("/matters/JZ")
    person.sees(person.say("江州市公安局临江分局", "Linjiang Public Security Bureau"))
    assert person.page.locator("ol.lanes").count()
    person.go("/as/self/documents/")
    person.until("main a[href*='/documents/JZ']")
    person.follow("/documents/JZ")
    assert person.download(person.page.locator("main a[href$='/pdf/']").first).startswith(b"%PDF")
