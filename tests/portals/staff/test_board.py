"""The board of the lead department as pages: who sees it, what a word to another department costs."""

import pytest

from egov.identity.models import Post
from egov.kernel.actor import SYSTEM
from egov.matters import actions
from egov.matters.models import Matter
from egov.matters.rules import Needs
from egov.work.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def led(member_spec, resident, services) -> Matter:
    members = [member_spec("AA01"), member_spec("AA02", depends_on=[Needs("AA01")]), member_spec("AA03", limit=1)]
    return actions.open_matter(
        resident,
        applicant_id=resident.on_behalf_of_id,
        title={"zh-Hans": "开店", "en": "Open a shop"},
        members=members,
        lead=(services.unit.department_id, services.unit.pk),
    ).matter


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
