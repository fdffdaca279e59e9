"""Before a version is published: which of the cases filed would have come out otherwise, on a page that can be left."""

import pytest

from egov.casework.models import Case
from egov.catalogue import actions as catalogue
from egov.intake import actions as intake
from egov.intake import replaying
from egov.intake.models import Replay

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(console, resident, a_draft):
    filed = a_draft(resident, service="LC01")
    intake.submit(resident, draft=filed.reference, key="k1")
    version = console.service
    form = {**version.form, "required": [*version.form["required"], "photo"]}
    return catalogue.draft_version(console.admin.actor, code="LC01", changes={"form": form}, change_reason="photo")


def test_it_is_asked_for_followed_and_read(console, draft):
    desk = console.market_admin
    assert "What would have changed?" in desk.html(f"services/LC01/versions/{draft.number}")
    address = desk.post(f"services/LC01/versions/{draft.number}/replay")["Location"]
    row = Replay.objects.get()
    assert address.endswith(f"replays/{row.pk}")
    assert "<progress" in desk.html(f"replays/{row.pk}")
    replaying.run_waiting()
    page = desk.html(f"replays/{row.pk}")
    assert "<progress" not in page
    assert Case.objects.get().reference in page
    assert "would not pass the form" in page


def test_what_is_in_force_is_not_run_against_nothing(console):
    response = console.admin.post("services/LC01/versions/1/replay")
    assert response["Location"].endswith("services/LC01/versions/1")
    assert not Replay.objects.exists()
