"""What members that wait had kept untyped before is moved into rows of their own, and back."""

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from egov.documents.actions.files import keep
from egov.matters import actions
from egov.matters.models import Matter, PendingFile, PendingMember
from egov.matters.rules import Needs

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
UNTYPED = [("intake", "0001_initial"), ("matters", "0001_initial")]


@pytest.fixture
def migrate():
    """``migrate(targets)``: go there; afterwards everything is as it was."""

    def go(targets):
        MigrationExecutor(connection).migrate(targets)
        return MigrationExecutor(connection).loader.project_state(targets).apps

    yield go
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_a_member_that_waited_before_starts_as_it_would_have(member_spec, resident, migrate):
    paper = keep(b"x", name="lease.pdf", content_type="application/pdf", owner_id=resident.party_id)
    licence = member_spec("AA02", depends_on=[Needs("AA01")], files=[("lease", paper.pk)], price=30)
    members = [member_spec("AA01"), licence]
    with transaction.atomic():
        matter = actions.open_matter(
            resident, applicant_id=resident.on_behalf_of_id, title={"en": "Shop"}, members=members
        ).matter
    before = PendingMember.objects.values().get()

    member = migrate(UNTYPED).get_model("matters", "Member").objects.get(key="AA02")
    assert member.answers == {"name": "甲"}
    assert member.route["files"] == [["lease", paper.pk]]
    assert member.route["route"]["unit_id"] == before["unit_id"]

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    after = PendingMember.objects.values().get()
    assert {**after, "id": before["id"]} == before
    assert PendingFile.objects.get().file_id == paper.pk
    assert Matter.objects.get(pk=matter.pk).determinants == {}
