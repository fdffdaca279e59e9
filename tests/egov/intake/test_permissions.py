"""Who may do what with a form."""

from types import SimpleNamespace

import pytest

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.catalogue.models import Event, EventVersion
from egov.intake import actions
from egov.matters.models import Matter
from tests.plugins.permissions import PermissionTable, Row

EVENT = {
    "questions": [{"key": "sign", "type": "boolean", "text": {"en": "A sign?"}}],
    "members": [{"service": "CL02"}, {"service": "AA10", "when": "sign == true"}],
}


@pytest.fixture
def permission_world(services, a_draft, a_picture, identities):
    """The owner has a draft with a picture, and a case that waits for a correction."""
    services.publish()
    Event.objects.create(code="LE90", kind="life", name={}, summary={}, definition=EVENT)
    EventVersion.objects.create(code="LE90", number=1, kind="life")
    owner = identities.resident(identities.person("林晓雯", region=identities.region()))
    officer = identities.officer("clerk", unit=services.unit)
    filed = actions.submit(owner, draft=a_draft(owner).reference, key="filed")
    case = Case.objects.get(submission=filed.reference)
    casework.request_correction(officer, case=case.reference, items=[{"field": "name", "message": "请写全名"}])
    other = actions.submit(owner, draft=a_draft(owner).reference, key="changed")
    changed = Case.objects.get(submission=other.reference)
    actions.propose_change(owner, matter=other.matter, answers={"person__name": "林小雯"}, reason="写错了")
    services.publish("AA10")
    Matter.objects.filter(reference=other.matter).update(event="LE90", lacking=["AA10"], determinants={"sign": False})
    draft = a_draft(owner)
    attachment = actions.attach(owner, draft=draft.reference, material="photo", upload=a_picture())
    return SimpleNamespace(
        owner=owner,
        officer=officer,
        draft=draft.reference,
        attachment=attachment.pk,
        case=case.reference,
        matter=filed.matter,
        changed=changed.reference,
        revised=other.matter,
        version=draft.version,
        picture=a_picture,
    )


@pytest.fixture
def permission_actors(permission_world, identities):
    return {
        "owner": permission_world.owner,
        "stranger": identities.resident(identities.person("外人", region=identities.region())),
        "officer": permission_world.officer,
        "officer_elsewhere": identities.officer("clerk"),
        "administrator": identities.officer("platform_admin"),
    }


ANSWERS = {"reason": "expired", "name": "甲"}
# Anybody may file for themselves; nobody touches another's form.
TABLE = PermissionTable(
    "egov.intake",
    {
        "start_draft": Row(
            lambda actor, world: actions.start_draft(actor, service="CL02", region="990102"), owner=True, stranger=True
        ),
        "start_bundle": Row(
            lambda actor, world: actions.start_bundle(
                actor, event="LE90", region="990102", answers={"sign": False}, services=[]
            ),
            owner=True,
            stranger=True,
        ),
        "save_draft": Row(
            lambda actor, world: actions.save_draft(actor, draft=world.draft, answers={"name": "乙"}), owner=True
        ),
        "attach": Row(
            lambda actor, world: actions.attach(
                actor, draft=world.draft, material="photo", upload=world.picture("x.png")
            ),
            owner=True,
        ),
        "detach": Row(
            lambda actor, world: actions.detach(actor, draft=world.draft, attachment=world.attachment), owner=True
        ),
        "keep_upload": Row(
            lambda actor, world: actions.keep_upload(
                actor, version=world.version, material="photo", upload=world.picture("x.png")
            ),
            owner=True,
            stranger=True,
        ),
        "replay_service": Row(
            lambda actor, world: actions.replay_service(actor, code="CL02", number=1), administrator=True
        ),
        "replay_event": Row(
            lambda actor, world: actions.replay_event(actor, code="LE90", number=1), administrator=True
        ),
        "discard": Row(lambda actor, world: actions.discard(actor, draft=world.draft), owner=True),
        "migrate_draft": Row(lambda actor, world: actions.migrate_draft(actor, draft=world.draft), owner=True),
        "submit": Row(lambda actor, world: actions.submit(actor, draft=world.draft, key="k"), owner=True),
        "submit_direct": Row(
            lambda actor, world: actions.submit_direct(
                actor, service="CL02", region="990102", answers=ANSWERS, key="direct"
            ),
            owner=True,
            stranger=True,
        ),
        "require_fileable": Row(
            lambda actor, world: actions.require_fileable(actor, world.version), owner=True, stranger=True
        ),
        "answer_correction": Row(
            lambda actor, world: actions.answer_correction(actor, case=world.case, answers={"name": "林晓雯"}),
            owner=True,
        ),
        "propose_change": Row(
            lambda actor, world: actions.propose_change(
                actor, matter=world.matter, answers={"person__name": "林小雯"}, reason="写错了"
            ),
            owner=True,
        ),
        "accept_change": Row(lambda actor, world: actions.accept_change(actor, case=world.changed), officer=True),
        "answer_corrections": Row(
            lambda actor, world: actions.answer_corrections(
                actor, matter=world.matter, answers={"person__name": "林晓雯"}
            ),
            owner=True,
        ),
        "start_lacking": Row(
            lambda actor, world: actions.start_lacking(actor, matter=world.revised, service="AA10"), owner=True
        ),
        "answer_anew": Row(
            lambda actor, world: actions.answer_anew(actor, matter=world.revised, question="sign", answer="true"),
            owner=True,
        ),
        "start_contest": Row(lambda actor, world: actions.start_contest(actor, case=world.case), owner=True),
    },
    internal={
        "require_may_file": "the question itself, asked by the acts above",
        "reconsider": "a part of propose_change",
        "carry_on": "a part of answer_correction and answer_corrections",
        "open_new": "opens what the acts above have asked for",
        "locked": "finds a draft for the acts above",
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()
