"""Who enters the console, and which department's pages: its own administrator's, and the platform's."""

from types import SimpleNamespace

import pytest

from egov.catalogue import actions as catalogue
from egov.catalogue.models import Competence, ServiceVersion
from egov.deadlines import actions as deadlines
from egov.identity import actions
from egov.identity.models import Post
from egov.intake import actions as intake
from egov.kernel.actor import SYSTEM
from egov.routing.models import Concept, Example, Need, Synonym, Topic
from tests.plugins.console import Desk
from tests.plugins.permissions import PermissionTable, Row

SEALS = {"reason": "test"}
BOTH = {"zh-Hans": "开一家店", "en": "Open a shop"}
EVENT = {
    "kind": "business",
    "name": BOTH,
    "summary": BOTH,
    "lead_role": "market",
    "definition": {
        "members": [{"service": "LC01"}],
        "questions": [{"key": "sign", "type": "boolean", "text": BOTH}],
    },
}
D1 = "services/LC01/versions/{w.draft.number}"
E1 = "events/LE90/versions/1"


@pytest.fixture
def permission_world(console, resident, settings):
    """Everything belongs to the market department; ``owner`` is its administrator."""
    Concept.objects.create(key="noodles", name={"zh-Hans": "面馆", "en": "noodles"})
    post = Post.objects.get(pk=console.officer.actor.post_id)
    letters = [{"key": "next", "act": "grant", "text": BOTH}]
    draft = catalogue.draft_version(SYSTEM, code="LC01", changes={"letters": letters}, change_reason="x")
    rule = Competence.objects.get(service__code="LC01")
    catalogue.set_competence(SYSTEM, region="990102", department_id=console.market.pk, department_role="market")
    event = catalogue.draft_event(SYSTEM, code="LE90", changes=EVENT)
    offered = catalogue.draft_event(SYSTEM, code="LE91", changes=EVENT)
    catalogue.review_event(SYSTEM, version_id=offered.pk)
    catalogue.publish_event(SYSTEM, version_id=offered.pk)
    account = console.identities.account(console.identities.person("新人"))
    actions.grant_configuration(SYSTEM, account_id=account.pk, thing=console.market)
    catalogue.grant_service(SYSTEM, account_id=account.pk, code="LC01")
    example = Example.objects.create(target="LC01", language="zh-Hans", text="我要开一家拉面馆")
    Topic.objects.create(key="loan", question=BOTH, options=[{"text": BOTH, "codes": ["LC01"]}] * 2)
    topic_example = Example.objects.create(target="topic:loan", language="en", text="a loan")
    synonym = Synonym.objects.create(language="en", said="ramen bar", meant="noodles")
    need = Need.objects.create(text="开粉店", language="zh-Hans", chosen="LC01", at=post.person.party.created_at)
    deadlines.open_calendar(SYSTEM, key="market", name={"en": "Market"}, department_ids=[console.market.pk])
    return SimpleNamespace(
        console=console,
        replay=intake.replay_service(SYSTEM, code="LC01", number=draft.number),
        resident=resident,
        post=post,
        draft=draft,
        event=event,
        example=example,
        topic_example=topic_example,
        synonym=synonym,
        need=need,
        rule=rule,
        version=ServiceVersion.objects.get(service__code="LC01", state="published"),
        grant=_grant(account, "organisation"),
        service_grant=_grant(account, "service"),
    )


def _grant(account, kind):
    from egov.catalogue.models import ServiceUserObjectPermission
    from egov.identity.models import OrganisationUserObjectPermission

    model = OrganisationUserObjectPermission if kind == "organisation" else ServiceUserObjectPermission
    return model.objects.get(user=account)


@pytest.fixture
def permission_actors(permission_world):
    console = permission_world.console
    return {
        "owner": console.market_admin,
        "stranger": Desk(permission_world.resident),
        "officer": console.officer,
        "officer_elsewhere": console.fire_admin,
        "administrator": console.admin,
    }


def get(path, **who):
    return Row(lambda desk, world: desk.get(path.format(w=world)), administrator=True, **who)


def post(path, data=None, **who):
    return Row(lambda desk, world: desk.post(path.format(w=world), data or {}), administrator=True, **who)


ANY = {"owner": True, "officer_elsewhere": True}
OWN = {"owner": True}
TABLE = PermissionTable(
    "portals.console",
    {
        "console:home": get("", **ANY),
        "console:departments": get("departments", **ANY),
        "console:department_new": get("departments/new"),
        "console:department": get("departments/{w.console.market.key}", **OWN),
        "console:department_change": get("departments/{w.console.market.key}/change", **OWN),
        "console:department_close": post("departments/{w.console.market.key}/close"),
        "console:department_reopen": post("departments/{w.console.market.key}/reopen"),
        "console:unit_new": post("departments/{w.console.market.key}/units/new", {"key": "jz.x"}, **OWN),
        "console:unit": get("units/{w.console.unit.key}", **OWN),
        "console:unit_change": post("units/{w.console.unit.key}/change", {"name_zh": "x"}, **OWN),
        "console:unit_close": post("units/{w.console.unit.key}/close", **OWN),
        "console:post_new": post("units/{w.console.unit.key}/posts/new", **OWN),
        "console:post_end": post("posts/{w.post.pk}/end", {"day": "2026-03-02"}, **OWN),
        "console:events": get("events", **ANY),
        "console:event_new": get("events/new", **ANY),
        "console:event": get("events/LE90", **ANY),
        "console:event_withdraw": post("events/LE91/withdraw", {"reason": "x"}, **OWN),
        "console:event_draft": post("events/LE90/draft", {"change_reason": "x"}, **OWN),
        "console:event_version": get(E1, **ANY),
        "console:event_discard": post(f"{E1}/discard", **OWN),
        "console:event_try": get(f"{E1}/try", **ANY),
        "console:event_act": post(f"{E1}/acts/review", **OWN),
        "console:event_texts": post(f"{E1}/texts", **OWN),
        "console:event_once": post(f"{E1}/once", **OWN),
        "console:event_members": post(f"{E1}/services", {"service": "FS01"}, **OWN),
        "console:event_member": post(f"{E1}/services/LC01", **OWN),
        "console:event_member_remove": post(f"{E1}/services/LC01/remove", **OWN),
        "console:event_question_new": post(f"{E1}/questions", **OWN),
        "console:event_question": post(f"{E1}/questions/sign", **OWN),
        "console:event_question_remove": post(f"{E1}/questions/sign/remove", **OWN),
        "console:event_given_new": post(f"{E1}/given", {"element": "person.name"}, **OWN),
        "console:event_given": post(f"{E1}/given/person.name", {"value": "x"}, **OWN),
        "console:event_given_remove": post(f"{E1}/given/person.name/remove", **OWN),
        "console:services": get("services", **ANY),
        "console:service_new": get("services/new", **ANY),
        "console:service": get("services/LC01", **OWN),
        "console:service_switch": post("services/LC01/switch", {"reason": "x"}, **OWN),
        "console:service_draft": post("services/LC01/draft", **OWN),
        "console:version": get("services/LC01/versions/{w.version.number}", **OWN),
        "console:replay": get("replays/{w.replay.pk}", **OWN),
        "console:replay_service": post(D1 + "/replay", **OWN),
        "console:replay_event": post(E1 + "/replay", **OWN),
        "console:design_texts": get(D1 + "/texts", **OWN),
        "console:design_fee": get(D1 + "/fee", **OWN),
        "console:design_rows": get(D1 + "/parts/materials", **OWN),
        "console:design_row_new": get(D1 + "/parts/materials/rows", **OWN),
        "console:design_row": get(D1 + "/parts/materials/rows/photo", **OWN),
        "console:design_row_act": post(D1 + "/parts/materials/rows/photo/up", **OWN),
        "console:design_form": get(D1 + "/form", **OWN),
        "console:design_question_new": post(D1 + "/form/questions", **OWN),
        "console:design_question": post(D1 + "/form/questions/name", **OWN),
        "console:design_question_act": post(D1 + "/form/questions/name/up", **OWN),
        "console:design_pages": post(D1 + "/form/pages", **OWN),
        "console:design_plan": get(D1 + "/plan", **OWN),
        "console:design_step_new": post(D1 + "/plan/steps", **OWN),
        "console:design_step": post(D1 + "/plan/steps/decide", **OWN),
        "console:design_step_remove": post(D1 + "/plan/steps/decide/remove", **OWN),
        "console:design_letters": get(D1 + "/letters", **OWN),
        "console:design_paragraph_new": post(D1 + "/letters/paragraphs", **OWN),
        "console:design_paragraph": post(D1 + "/letters/paragraphs/next", **OWN),
        "console:design_paragraph_act": post(D1 + "/letters/paragraphs/next/up", **OWN),
        "console:design_sample": get(D1 + "/letters/samples/grant/en.pdf", **OWN),
        "console:version_edit": post("services/LC01/versions/{w.draft.number}/edit", **OWN),
        "console:version_retire": post("services/LC01/versions/{w.version.number}/retire", {"reason": "x"}, **OWN),
        "console:version_act": post("services/LC01/versions/{w.draft.number}/review", **OWN),
        "console:competence_new": post("services/LC01/competence", **OWN),
        "console:preview": get("services/LC01/next", **OWN),
        "console:examples": get("services/LC01/examples", **OWN),
        "console:example_remove": post("services/LC01/examples/{w.example.pk}/remove", **OWN),
        "console:competences": get("competences", **ANY),
        "console:function_new": get("competences/new"),
        "console:competence_end": post("competences/{w.rule.pk}/end", **OWN),
        "console:tables": get("tables"),
        "console:table_new": get("tables/new"),
        "console:table": get("tables/cn.fire-check-before-opening/1"),
        "console:table_draft": post("tables/cn.fire-check-before-opening/1/draft"),
        "console:table_edit": get("tables/cn.fire-check-before-opening/1/edit"),
        "console:table_publish": post("tables/cn.fire-check-before-opening/1/publish"),
        "console:words": get("words", **ANY),
        "console:synonym_remove": post("words/{w.synonym.pk}/remove", **ANY),
        "console:need_learn": post("words/needs/{w.need.pk}", {"target": "LC01"}, **OWN),
        "console:topics": get("topics"),
        "console:topic_new": get("topics/new"),
        "console:topic": get("topics/loan"),
        "console:topic_edit": get("topics/loan/edit"),
        "console:topic_remove": post("topics/loan/remove"),
        "console:topic_example_remove": post("topics/loan/examples/{w.topic_example.pk}/remove"),
        "console:dictionary": get("dictionary", **ANY),
        "console:element_new": get("dictionary/new"),
        "console:concepts": get("concepts", **ANY),
        "console:concept": get("concepts/noodles", **ANY),
        "console:calendars": get("calendars", **ANY),
        "console:calendar_new": get("calendars/new", **ANY),
        "console:calendar": post("calendars/market", {"day": "2026-03-02", "is_working": "0"}, **OWN),
        "console:calendar_load": post("calendars/market/load", {"days": "2026-03-02 off"}, **OWN),
        "console:seals": get("seals", **ANY),
        "console:seal": get("seals/{w.console.market.key}", **OWN),
        "console:seal_rotate": get("seals/{w.console.market.key}/rotate", **OWN),
        "console:permissions": get("permissions", **ANY),
        "console:role": get("permissions/roles/reviewer", **ANY),
        "console:permission_revoke": post("permissions/{w.grant.pk}/revoke", **OWN),
        "console:permission_service_revoke": post("permissions/services/{w.service_grant.pk}/revoke", **OWN),
        "console:changes": get("changes", **ANY),
        "console:configuration": get("configuration"),
        "console:configuration_apply": post("configuration/apply"),
        "console:configuration_download": get("configuration/file"),
        "console:system": get("system"),
        "console:events_retry": post("system/events"),
        "console:delivery_retry": Row(
            lambda desk, _world: _refused(desk.post("system/deliveries/1")), administrator=True
        ),
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()


def _refused(response):
    """There is no such message: 404 says that the question was passed, 403 that it was not."""
    return response if response.status_code == 403 else None


@pytest.mark.django_db
def test_what_was_granted_opens_the_department_and_is_not_passed_on(console):
    """An officer whom the market's administrator let configure the department."""
    assert console.officer.get("").status_code == 403
    account = {"username": console.identities.account().username, "department": console.market.pk}
    granted = {"username": _username(console.officer), "department": console.market.pk}
    assert console.market_admin.post("permissions", granted).status_code == 302
    assert console.officer.get("departments/jz.linjiang.market").status_code == 200
    assert console.officer.get("departments/jz.linjiang.fire").status_code == 403
    account["username"] = _username(console.fire_admin)
    assert console.officer.post("permissions", account).status_code == 403
    unit = {"name_zh": "新科", "name_en": "New", "key": "jz.linjiang.market.new"}
    assert console.officer.post("departments/jz.linjiang.market/units/new", unit).status_code == 302


@pytest.mark.django_db
def test_a_granted_service_opens_that_service_only(console):
    granted = {"username": _username(console.officer), "service": "LC01"}
    assert console.market_admin.post("permissions", granted).status_code == 302
    assert console.officer.get("services/LC01").status_code == 200
    assert console.officer.get("services/FS01").status_code == 403
    assert console.officer.get("departments/jz.linjiang.market").status_code == 403
    rule = {"region": "990102", "unit": console.unit.pk, "priority": 1, "valid_from": "2026-03-02", "note": "x"}
    assert console.officer.post("services/LC01/competence", rule).status_code == 422, "no unit is offered"


@pytest.mark.django_db
def test_a_department_takes_no_task_of_another(console):
    """Nor one of a region it is not competent in."""
    rule = {"priority": 9, "valid_from": "2026-03-02", "note": "x", "unit": console.unit.pk}
    assert console.market_admin.post("services/FS01/competence", {**rule, "region": "990102"}).status_code == 403
    response = console.market_admin.post("services/LC01/competence", {**rule, "region": "990103"})
    assert response.status_code == 422
    assert not Competence.objects.filter(region="990103").exists()
    foreign = {**rule, "region": "990102", "unit": console.other_unit.pk}
    assert console.market_admin.post("services/LC01/competence", foreign).status_code == 422


@pytest.mark.django_db
def test_an_administrator_of_a_department_gives_no_role_of_the_platform(console):
    form = {
        "username": _username(console.officer),
        "title_zh": "甲",
        "title_en": "A",
        "roles": ["platform_admin"],
        "valid_from": "2026-03-02",
    }
    other = console.identities.unit(console.market, "jz.linjiang.market.two")
    assert console.market_admin.post(f"units/{other.key}/posts/new", form).status_code == 422


def _username(desk):
    from egov.identity.models import Account

    return Account.objects.get(pk=desk.actor.account_id).username
