"""Who may configure the catalogue: the platform's administrators, and those of the department for its own services."""

from types import SimpleNamespace

import pytest

from egov.catalogue import actions
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from tests.plugins.permissions import PermissionTable, Row

BOTH = {"zh-Hans": "开一家店", "en": "Open a shop"}
EVENT = {"kind": "business", "name": BOTH, "summary": BOTH, "lead_role": "market"}


@pytest.fixture
def permission_world(service, identities):
    market = identities.department("jz.linjiang.market")
    fire = identities.department("jz.linjiang.fire")
    competence = actions.set_competence(SYSTEM, region="990102", department_id=market.pk, department_role="market")
    writer = Actor(kind=CapacityKind.POST, capacity="p-9", party_id=900, roles=frozenset({"platform_admin"}))
    draft = actions.draft_version(writer, code="ZZ01", changes={}, change_reason="")
    event = actions.draft_event(writer, code="LE90", changes=EVENT)
    in_force = {**EVENT, "definition": {"members": [{"service": "ZZ01"}]}}
    offered = actions.draft_event(writer, code="LE92", changes=in_force)
    actions.review_event(SYSTEM, version_id=offered.pk)
    actions.publish_event(SYSTEM, version_id=offered.pk)
    return SimpleNamespace(
        service=service,
        draft=draft,
        event=event,
        market=market,
        fire=fire,
        competence=competence,
        account=identities.account(),
    )


@pytest.fixture
def permission_actors(permission_world):
    def post(party, department, *roles):
        return Actor(
            kind=CapacityKind.POST,
            capacity=f"p-{party}",
            party_id=party,
            department_id=department.pk,
            roles=frozenset(roles),
        )

    return {
        "owner": Actor(kind=CapacityKind.SELF, capacity="self", party_id=1, on_behalf_of_id=1),
        "stranger": post(2, permission_world.market, "reviewer", "section_head", "department_head"),
        "officer": post(3, permission_world.market, "department_admin"),
        "officer_elsewhere": post(4, permission_world.fire, "department_admin"),
        "administrator": post(5, permission_world.fire, "platform_admin"),
    }


def rule(attempt):
    return Row(attempt, officer=True, administrator=True)


def platform(attempt):
    return Row(attempt, administrator=True)


TABLE = PermissionTable(
    "egov.catalogue",
    {
        "draft_version": rule(lambda a, w: actions.draft_version(a, code="ZZ01", changes={}, change_reason="")),
        "open_service": Row(
            lambda a, _w: actions.open_service(
                a, code="ZZ91", mode="g2b", department_role="nobody", content={}, change_reason="x"
            ),
            administrator=True,
        ),
        "edit_draft": rule(lambda a, w: actions.edit_draft(a, version_id=w.draft.pk, changes={})),
        "design_version": rule(lambda a, w: actions.design_version(a, version_id=w.draft.pk, changes={})),
        "review_version": rule(lambda a, w: actions.review_version(a, version_id=w.draft.pk)),
        "publish_version": rule(lambda a, w: actions.publish_version(a, version_id=w.draft.pk)),
        "retire_version": rule(lambda a, w: actions.retire_version(a, version_id=w.service.pk, reason="")),
        "set_enabled": rule(lambda a, w: actions.set_enabled(a, code="ZZ01", enabled=False)),
        "set_competence": rule(
            lambda a, w: actions.set_competence(
                a, region="990102", department_id=w.market.pk, department_role="market", priority=3
            )
        ),
        "end_competence": rule(lambda a, w: actions.end_competence(a, competence_id=w.competence.pk)),
        "grant_service": rule(lambda a, w: actions.grant_service(a, account_id=w.account.pk, code="ZZ01")),
        "withdraw_service": rule(lambda a, w: actions.withdraw_service(a, account_id=w.account.pk, code="ZZ01")),
        "draft_event": rule(lambda a, w: actions.draft_event(a, code="LE91", changes=EVENT)),
        "draft_withdrawal": rule(lambda a, w: actions.draft_withdrawal(a, code="LE92", reason="x")),
        "edit_event": rule(lambda a, w: actions.edit_event(a, version_id=w.event.pk, changes={"order": 3})),
        "review_event": rule(lambda a, w: actions.review_event(a, version_id=w.event.pk)),
        "publish_event": rule(lambda a, w: actions.publish_event(a, version_id=w.event.pk)),
        "discard_event": rule(lambda a, w: actions.discard_event(a, version_id=w.event.pk)),
        "load_definitions": platform(lambda a, w: actions.load_definitions(a)),
        "import_items": platform(lambda a, w: actions.import_items(a, path=__import__("pathlib").Path("none.csv"))),
        "import_configuration": platform(lambda a, w: actions.import_configuration(a, data={})),
    },
    internal={
        "must_be_platform": "the question itself",
        "must_configure": "the question itself",
        "must_configure_department": "the question itself",
        "is_platform": "the question itself",
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()
