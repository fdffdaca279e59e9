"""The board of the lead department as pages: who sees it, what a word to another department costs."""

import datetime as dt

import pytest

from egov.casework.models import Case
from egov.identity.models import Post
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.matters import actions
from egov.matters.models import Matter
from egov.matters.rules import Needs
from egov.work.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_led(member_spec, resident, services):
    members = [member_spec("AA01"), member_spec("AA02", depends_on=[Needs("AA01")]), member_spec("AA03", limit=1)]

    def make() -> Matter:
        return actions.open_matter(
            resident,
            applicant_id=resident.on_behalf_of_id,
            title={"zh-Hans": "开店", "en": "Open a shop"},
            members=members,
            lead=(services.unit.department_id, services.unit.pk),
        ).matter

    return make


@pytest.fixture
def led(open_led) -> Matter:
    return open_led()


@pytest.fixture
def desk(client, identities, services):
    post = identities.post(services.unit, "section_head")
    client.force_login(identities.account(Post.objects.get(pk=post.pk).person))
    client.cookies["django_language"] = "en"
    return lambda path: f"/desk/p-{post.pk}/{path}"


def test_the_board_and_the_page_of_a_matter(client, desk, led):
    page = client.get(desk("led/"))
    assert page.status_code == 200
    assert led.reference in page.text
    assert "Service AA01" in page.text
    assert "林晓雯" not in page.text, "whose it is, is not shown"
    assert client.get(desk("led/?standing=endangered")).text.count(led.reference) == 0
    assert client.get(desk(f"led/{led.reference}/")).status_code == 200
    assert client.get(desk("led/M-NOTHING/")).status_code == 404


def test_the_figures_lead_to_what_they_count_and_the_filter_stays_while_paging(
    client, desk, open_led, services, identities
):
    own = services.unit.department.key
    for _number in range(27):
        open_led()
    fire = identities.department("jz.linjiang.fire", full_name={"zh-Hans": "消防大队", "en": "Fire Brigade"})
    unit = identities.unit(fire, "jz.linjiang.fire.services")
    first = Case.objects.filter(service__code="AA01")
    first.update(department=fire, unit=unit, promised_due_at=clock.now() - dt.timedelta(days=9))
    page = client.get(desk("led/"))
    shown = [(each.of.department, each.of.in_hand, each.url) for each in page.context["hold_ups"]]
    assert shown == [
        ("jz.linjiang.fire", 27, "?department=jz.linjiang.fire"),
        (own, 27, f"?department={own}"),
    ]
    assert "27 late" in page.text
    late = client.get(desk("led/?department=jz.linjiang.fire&standing=late"))
    assert 'aria-current="true">Fire Brigade' in late.text
    assert late.text.count('<td class="when">') == 25
    following = late.context["page"].next_url
    assert "department=jz.linjiang.fire" in following
    assert "standing=late" in following
    rest = client.get(following)
    assert rest.text.count('<td class="when">') == 2
    assert "department=jz.linjiang.fire" in rest.context["page"].previous_url
    assert client.get(desk(f"led/?department={own}&standing=late")).text.count('<td class="when">') == 0
    unknown = client.get(desk("led/?department=no.such"))
    assert "Nothing fits this filter" in unknown.text
    assert '<option value="no.such" selected' in unknown.text


def test_the_page_shows_what_was_refused_and_what_fell_with_it(client, desk, led):
    refused = led.members.get(key="AA01")
    Case.objects.filter(reference=refused.case).update(state="closed", outcome="refused", decided_at=clock.now())
    led.members.filter(key="AA01").update(state="failed")
    led.members.filter(key="AA02").update(state="dropped")
    page = client.get(desk(f"led/{led.reference}/")).text
    assert "The other parts" in page
    assert "Service AA01" in page
    assert "No longer needed" in page
    for address in (f"led/{led.reference}/", "led/"):
        assert "1 ended without success" in client.get(desk(address)).text


def test_a_case_says_of_which_whole_it_is_a_part(client, desk, led):
    page = client.get(desk(f"cases/{led.members.get(key='AA01').case}/")).text
    assert "Part of a whole" in page
    assert desk(f"led/{led.reference}/") in page, "for whoever leads it"
    assert "Begins only when this case is granted:" in page
    assert "Service AA02" in page
    assert "Service AA03" not in page, "what else was asked for is not told"


def test_urging_from_the_page(client, desk, led):
    url = desk(f"led/{led.reference}/AA01/urge/")
    assert client.post(url, {"note": " "}).status_code == 422
    assert client.post(url, {"note": "请今天受理"}).status_code == 302
    item = WorkItem.objects.get(subject=f"case:{led.members.get(key='AA01').case}", kind="accept")
    assert item.priority == 1


def test_the_item_stands_in_the_inbox_and_leads_there(client, desk, led):
    from tests.egov.matters.test_board import late

    late(led, "AA01")
    assert actions.watch_promises(SYSTEM) == 1
    page = client.get(desk("?view=unit"))
    assert desk(f"led/{led.reference}/") in page.text
    assert "Promise endangered" in page.text
