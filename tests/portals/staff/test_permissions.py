"""Who opens which page of the desk: civil servants in a post their own; nobody else any."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from egov.casework import actions
from egov.identity.models import Account
from egov.matters.models import Matter
from tests.plugins.casework import Casework
from tests.plugins.permissions import PermissionTable, Row

POSTS = {"officer": True, "officer_elsewhere": True, "administrator": True}


def at_desk(path: str, method: str = "get", form: dict[str, str] | None = None, **who: bool) -> Row:
    """A page at the desk of whoever asks; a resident tries the officer's."""

    def attempt(session: Any, world: Any) -> Any:
        address = f"/desk/{session.capacity or world.capacity}/" + path.format(**vars(world))
        return getattr(session.client, method)(address, form or {})

    return Row(attempt, **who)


TABLE = PermissionTable(
    "portals.staff",
    {
        "staff:inbox": at_desk("", **POSTS),
        "staff:items_act": at_desk("items/", "post", {"act": "claim"}, **POSTS),
        "staff:claim_next": at_desk("items/next/", "post", **POSTS),
        "staff:search": at_desk("search/?q=x", **POSTS),
        # Whoever is asked for an opinion is led to the question.
        "staff:case": at_desk("cases/{case}/", officer=True, officer_elsewhere=True),
        "staff:case_act": at_desk("cases/{case}/acts/send_message/", "post", officer=True),
        "staff:withdraw_opinion": at_desk("cases/{case}/opinions/{opinion}/withdraw/", "post", officer=True),
        "staff:file": at_desk("cases/{case}/files/{file}/", officer=True),
        "staff:letter": at_desk("cases/{case}/letters/{letter}/", officer=True),
        "staff:certificate": at_desk("cases/{case}/certificates/{letter}/"),
        "staff:certificate_end": at_desk("cases/{case}/certificates/{letter}/end/"),
        "staff:register_view": at_desk("cases/{case}/registers/", officer=True),
        "staff:case_journal": at_desk("cases/{case}/journal/", officer=True),
        "staff:opinions": at_desk("opinions/", **POSTS),
        # Asked of the other department.
        "staff:opinion": at_desk("opinions/{opinion}/", officer_elsewhere=True),
        "staff:board": at_desk("led/", **POSTS),
        # Of the department that answers for the matter.
        "staff:lead_matter": at_desk("led/{matter}/", officer=True),
        "staff:urge": at_desk("led/{matter}/{member}/urge/", "post", {"note": "请加快"}, officer=True),
        "staff:supervision": at_desk("supervision/", **POSTS),
        "staff:requests": at_desk("requests/", **POSTS),
        "staff:request_start": at_desk("requests/start/{internal}/", "post", **POSTS),
        "staff:request_form": at_desk("requests/drafts/{draft}/", officer=True),
        "staff:request_discard": at_desk("requests/drafts/{draft}/discard/", "post", officer=True),
        "staff:request": at_desk("requests/{matter}/", officer=True),
        "staff:request_act": at_desk("requests/{matter}/{own_case}/withdraw/", "post", officer=True),
        "staff:team": at_desk("team/", **POSTS),
        "staff:cover": at_desk("team/cover/", "post", **POSTS),
        "staff:end_cover": at_desk("team/cover/{cover}/end/", "post", officer=True),
        "staff:meant": at_desk("words/", **POSTS),
        "staff:help": at_desk("help/", **POSTS),
    },
)


@pytest.fixture
def permission_world(casework: Casework, internal: Any, evidence: Any) -> Any:
    from egov.documents.models import IssuedDocument
    from egov.kernel import clock
    from egov.work import actions as work

    case, stored = evidence
    casework.step(case, casework.reviewer, "review")
    asked = actions.ask_opinion(casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="?")
    filed = internal.filed(casework.reviewer)
    matter = Matter.objects.get(reference=filed.matter)
    matter.lead, matter.lead_unit = casework.department, casework.unit
    matter.save()
    cover = work.set_cover(
        casework.reviewer,
        absent_post_id=casework.reviewer.post_id or 0,
        deputy_post_id=casework.second.post_id or 0,
        valid_from=clock.today(),
        valid_to=clock.today(),
    )
    return SimpleNamespace(
        capacity=casework.reviewer.capacity,
        case=case.reference,
        file=stored.reference,
        letter=IssuedDocument.objects.filter(subject=f"case:{case.reference}").latest("id").reference,
        opinion=asked.pk,
        internal=internal.version.service.code,
        draft=internal.draft(casework.reviewer).reference,
        matter=filed.matter,
        own_case=filed.case,
        member=matter.members.get().key,
        cover=cover.pk,
    )


@pytest.fixture
def permission_actors(permission_world: Any, casework: Casework, identities: Any) -> dict[str, Any]:
    elsewhere = identities.unit(identities.department("jz.data", "江州市数据局"), "jz.data.platform")
    people = {
        "owner": casework.applicant,
        "stranger": casework.stranger,
        "officer": casework.reviewer,
        "officer_elsewhere": casework.adviser,
        "administrator": identities.officer("platform_admin", unit=elsewhere, person=identities.person("管理员")),
    }
    sessions = {}
    for who, actor in people.items():
        client = Client()
        client.force_login(Account.objects.get(pk=actor.account_id))
        sessions[who] = SimpleNamespace(client=client, capacity=actor.capacity if actor.is_staff else "")
    return sessions


test_permission, test_every_act_has_a_row = TABLE.tests()
