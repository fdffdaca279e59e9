"""The public portal is open to everyone: visitors, residents, officers alike. Nothing there depends on who asks."""

from types import SimpleNamespace

import pytest

from tests.plugins.permissions import PermissionTable, Row

EVERYONE = {"owner": True, "stranger": True, "officer": True, "officer_elsewhere": True, "administrator": True}


def page(path: str) -> Row:
    return Row(lambda client, world: client.get(path.format(**vars(world))), **EVERYONE)


@pytest.fixture
def permission_world(casework, settings, journal_key):
    from egov.catalogue.models import Event
    from egov.journal import actions as journal

    case = casework.received()
    journal.seal_pending()
    Event.objects.create(code="BE01", kind="business", name={"zh-Hans": "开办餐饮店", "en": "Opening a restaurant"})
    return SimpleNamespace(
        reference=case.reference, service=case.service.code, department=casework.department.key, casework=casework
    )


@pytest.fixture
def permission_actors(permission_world, client, django_user_model):
    """Logged-in clients; the stranger has not even signed in."""
    from django.test import Client

    casework = permission_world.casework
    clients = {"stranger": client}
    for who, actor in {
        "owner": casework.applicant,
        "officer": casework.reviewer,
        "officer_elsewhere": casework.adviser,
        "administrator": casework.supervisor,
    }.items():
        clients[who] = Client()
        clients[who].force_login(django_user_model.objects.get(pk=actor.account_id))
    return clients


TABLE = PermissionTable(
    "portals.public",
    {
        "public:front": page("/"),
        "public:need": page("/need"),
        "public:event": page("/event/BE01"),
        "public:group": page("/for/older"),
        "public:services": page("/services"),
        "public:service": page("/service/{service}"),
        "public:catalogue_jsonld": page("/catalogue.jsonld"),
        "public:catalogue_ttl": page("/catalogue.ttl"),
        "public:departments": page("/departments"),
        "public:department": page("/department/{department}"),
        "public:track": page("/track?number={reference}"),
        "public:verify": page("/verify"),
        "public:verify_code": Row(
            lambda client, world: SimpleNamespace() if client.get("/verify/none").status_code == 404 else None,
            **EVERYONE,
        ),
        "public:journal": page("/journal/proof"),
        "public:journal_proof": page("/journal/proof/{reference}"),
        "public:performance": page("/performance"),
        "public:ratings": page("/ratings"),
        "public:status": page("/status"),
        "public:help": page("/help"),
        "public:privacy": page("/privacy"),
        "public:accessibility": page("/accessibility"),
        "public:sitemap": page("/sitemap"),
        "public:styleguide": page("/styleguide/"),
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()
