"""Who may do what with documents."""

import datetime as dt
from types import SimpleNamespace

import pytest

from egov.documents import actions
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from tests.plugins.papers import picture, upload
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_actors(payer, a_payer, agency, an_agency, acting_for, officer_of, administrator):
    return {
        "owner": acting_for(payer),
        "stranger": acting_for(a_payer("李四")),
        "officer": officer_of(agency, "department_head"),
        "officer_elsewhere": officer_of(an_agency("望山区公安局"), "department_head"),
        "administrator": administrator("platform_admin"),
    }


@pytest.fixture
def permission_world(payer, agency, a_letter):
    credential = actions.issue_credential(SYSTEM, **_credential(payer, agency))
    return SimpleNamespace(
        payer=payer,
        agency=agency,
        letter=a_letter(),
        credential=credential,
        file=actions.store_file(SYSTEM, upload=upload(picture()), owner_id=payer.pk, max_size=10**6),
    )


def _credential(payer, agency):
    return {
        "type": "FOOD",
        "holder_id": payer.pk,
        "issuer_id": agency.pk,
        "case": "",
        "service": "LC01",
        "data": {},
        "valid_from": clock.today(),
        "valid_to": clock.today() + dt.timedelta(days=9),
        "title": {"zh-Hans": "证"},
    }


def _issue(actor, world):
    return actions.issue_document(
        actor,
        template="decision",
        title={},
        subject=Ref("case", "C1"),
        holder_id=world.payer.pk,
        department_id=world.agency.pk,
        data={},
    )


def _suspend(actor, world):
    return actions.suspend_credential(actor, credential_id=world.credential.pk, reason={})


def _reinstate(actor, world):
    _suspend(SYSTEM, world)
    return actions.reinstate_credential(actor, credential_id=world.credential.pk)


TABLE = PermissionTable(
    "egov.documents",
    {
        "store_file": Row(
            lambda actor, world: actions.store_file(
                actor, upload=upload(picture()), owner_id=world.payer.pk, max_size=10**6
            ),
            owner=True,
            officer=True,
            officer_elsewhere=True,
            administrator=True,
        ),
        "remove_file": Row(lambda actor, world: actions.remove_file(actor, file_id=world.file.pk), owner=True),
        # Issuing is part of another room's act, which has asked; here only that nobody issues for another department.
        "issue_document": Row(_issue, owner=True, stranger=True, officer=True),
        "issue_credential": Row(
            lambda actor, world: actions.issue_credential(actor, **_credential(world.payer, world.agency)),
            owner=True,
            stranger=True,
            officer=True,
        ),
        "rotate_seal": Row(
            lambda actor, world: actions.rotate_seal(actor, department_id=world.agency.pk), administrator=True
        ),
        "make_seals": Row(lambda actor, world: actions.make_seals(actor), administrator=True),
        "revoke_credential": Row(
            lambda actor, world: actions.revoke_credential(
                actor, credential_id=world.credential.pk, kind="lost", reason={}
            ),
            owner=True,
            officer=True,
        ),
        "suspend_credential": Row(_suspend, officer=True),
        "reinstate_credential": Row(_reinstate, officer=True),
        "revoke_document": Row(
            lambda actor, world: actions.revoke_document(actor, document_id=world.letter.pk, reason={}), officer=True
        ),
    },
    internal={
        "issue_documents": "what issue_document calls",
        "store_bytes": "for imports and registers, which asked already; store_file asks",
        "keep_extract": "part of fetching a paper for a case, which has asked for the applicant's consent",
        "sealed_file": "the same, of what was issued here",
        "seal_document": "done by the worker, or by whoever may open the document",
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()


@pytest.mark.django_db
def test_a_holder_gives_up_a_certificate_but_does_not_penalise(permission_actors, permission_world):
    for kind in ("revoked", "annulled"):
        with pytest.raises(NotPermitted):
            actions.revoke_credential(
                permission_actors["owner"], credential_id=permission_world.credential.pk, kind=kind, reason={}
            )
    with pytest.raises(InvalidInput):
        actions.revoke_credential(SYSTEM, credential_id=permission_world.credential.pk, kind="replaced", reason={})


@pytest.mark.django_db
def test_a_document_of_a_certificate_is_ended_with_it(permission_world):
    with pytest.raises(TransitionNotAllowed):
        actions.revoke_document(SYSTEM, document_id=permission_world.credential.document_id, reason={})
