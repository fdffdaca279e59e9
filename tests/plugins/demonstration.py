"""The demonstration city with cases in many states, filed and handled by its people: what a crawl walks through.

Laid once a session into a database of its own; a test that asks for ``inhabited_city`` works in a fresh copy of it.
"""

import io
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connections
from django.test import Client
from PIL import Image

from egov.casework import actions as casework
from egov.casework.demo import Officers
from egov.casework.models import Case
from egov.casework.rules.lifecycle import TRANSITIONS
from egov.catalogue import actions as catalogue
from egov.documents.models import IssuedDocument
from egov.identity import demo as people
from egov.identity.models import Account
from egov.identity.queries import actor_for, capacities_of
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.intake import rules as form_rules
from egov.intake.models import Draft, Submission
from egov.journal import actions as journal
from egov.kernel import outbox, references
from egov.kernel.actor import Actor
from egov.kernel.memory import Kept
from egov.kernel.models import OutboxMessage
from egov.law import actions as law
from egov.law.models import DecisionTable
from egov.work import queries as work
from egov.work.models import OPEN_ITEMS, WorkItem
from portals.console import demonstration
from tests.plugins import database
from tests.plugins.answering import AnswerSheet

LINJIANG = "990102"


class City:
    """People by the names of their accounts; what they do is done by the same actions as everywhere."""

    def __init__(self) -> None:
        self._keys = itertools.count(1)

    # --- People -----------------------------------------------------------------------------------------

    def account(self, username: str) -> Account:
        return Account.objects.get(username=username)

    def capacities(self, username: str) -> list[str]:
        return [each.slug for each in capacities_of(self.account(username))]

    def actor(self, username: str, capacity: str = "") -> Actor:
        """Civil servants in their post, residents for themselves, unless a ``capacity`` is named."""
        account = self.account(username)
        slugs = [each.slug for each in capacities_of(account)]
        post = next((slug for slug in slugs if slug.startswith("p-")), "self")
        return actor_for(account, capacity or post)

    def business(self, username: str) -> Actor:
        """The person for the organisation whose representative they are."""
        return self.actor(username, next(slug for slug in self.capacities(username) if slug.startswith("o-")))

    def session(self, username: str) -> str:
        """The session cookie of somebody who has just logged in with the password."""
        client = Client()
        done = client.post("/account/login/", {"login": username, "password": people.PASSWORD})
        assert done.status_code == 302, "the log-in was refused"
        client.post("/account/reauthenticate/", {"password": people.PASSWORD})  # second steps are set up after it
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def facts(self) -> dict[str, str]:
        """Keys of a few rows of the first resident, for addresses to which no link leads."""
        applicant = self.actor("lin.xiaowen").on_behalf_of_id
        case = Case.objects.filter(applicant=applicant, state="delivered")[0]
        document = IssuedDocument.objects.filter(holder=applicant)[0]
        draft = Draft.objects.filter(applicant=applicant, submitted_at=None)[0]
        return {
            "case": case.reference,
            "submission": case.submission,
            "code": document.code,
            "draft": draft.reference,
        }

    # --- Filing -----------------------------------------------------------------------------------------

    def draft(self, actor: Actor, service: str, **answers: Any) -> Draft:
        """A draft with a picture at each question that asks for a file."""
        draft = intake.start_draft(actor, service=service, region=LINJIANG, answers=answers)
        return self.with_pictures(actor, draft)

    def with_pictures(self, actor: Actor, draft: Draft) -> Draft:
        form = forms.open_draft(actor, reference=draft.reference).form
        required = form_rules.check(form, draft.answers).required
        for question in form.file_questions:
            if question.key in required:
                intake.attach(actor, draft=draft.reference, material=question.material, upload=a_photo())
        return draft

    def submit(self, actor: Actor, draft: Draft) -> Submission:
        return intake.submit(actor, draft=draft.reference, key=f"city-{next(self._keys)}", consent=True)

    def file(self, actor: Actor, service: str, **answers: Any) -> Case:
        done = self.submit(actor, self.draft(actor, service, **answers))
        return Case.objects.get(submission=done.reference)

    # --- Handling ---------------------------------------------------------------------------------------

    def item(self, case: Case, kind: str) -> int:
        items = WorkItem.objects.filter(subject=f"case:{case.reference}", kind=kind, state__in=OPEN_ITEMS)
        return int(items.values_list("pk", flat=True)[0])

    def step(self, case: Case, username: str, kind: str, **more: Any) -> Case:
        """Complete a step so that the work goes on."""
        item = self.item(case, kind)
        step = work.step_of(item)
        outcome = step.first_forward() if step else ""
        return casework.complete_step(self.actor(username), case=case.reference, item_id=item, outcome=outcome, **more)

    def accepted(self, case: Case, by: str) -> Case:
        return casework.accept(self.actor(by), case=case.reference)

    def settle(self) -> None:
        """What the worker does: deliver the outbox until nothing is left, seal the journal."""
        self.deliver()
        journal.seal_pending()

    def deliver(self) -> None:
        """All that was told, and what follows from it; none of it may fail."""
        while OutboxMessage.objects.filter(delivered_at=None, dead_at=None).exists():
            for queue in outbox.QUEUES:
                outbox.deliver(queue=queue)
            failed = list(OutboxMessage.objects.exclude(last_error="").values_list("name", "last_error"))
            assert not failed, failed


def a_photo() -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.effect_noise((320, 240), 40).convert("RGB").save(stream, "JPEG")
    return SimpleUploadedFile("photo.jpg", stream.getvalue(), content_type="image/jpeg")


# --- What happened in it --------------------------------------------------------------------------------

OUTLET = {
    "shop_region": LINJIANG,
    "shop_address": "临江区江滨路 18 号一层",
    "area": 86,
    "business_kind": "restaurant",
    "hot_food": True,
    "food_handlers": 4,
    "contact_phone": "13800009901",
}
CARD = {"phone": "13800009902", "delivery": "counter", "address": "临江区江滨路 18 号 3 栋 502"}


def lay_life(city: City) -> None:
    """Cases of residents and businesses in each state that has a page of its own."""
    lin, zhao = city.actor("lin.xiaowen"), city.actor("zhao.qiming")
    _residents(city, lin, zhao)
    _licences(city, city.business("lin.xiaowen"))
    _change_of_a_company(city, city.business("lin.xiaowen"))
    _illness(city, lin)
    _job_lost(city, lin)
    _leave(city)
    _drafted_versions(city.actor("admin"))
    city.settle()


def _residents(city: City, lin: Actor, zhao: Actor) -> None:
    treatment = {"kind": "referred", "place": "浙江省杭州市", "from_on": "2026-12-01", "phone": "13800009902"}
    hotline = {"kind": "complaint", "text": "夜里十一点以后工地还在施工，睡不着。", "phone": "13800009902"}
    city.draft(lin, "MH03", kind="resident", place="杭州")
    city.file(lin, "CL02", purpose="lost", lost_on="2026-11-01", **CARD)  # its bill is open
    city.file(lin, "CL02", purpose="first", **CARD)
    rated = city.file(lin, "MH03", **treatment)
    city.file(zhao, "MH03", **treatment)
    city.file(lin, "CP01", **hotline)
    city.settle()
    casework.rate(lin, case=rated.reference, grade=1, tags=["slow"], text="等了很久")


def _licences(city: City, company: Actor) -> None:
    by = {"clerk": "market.clerk", "reviewer": "market.reviewer", "section": "market.section"}

    def new() -> Case:
        return city.file(company, "LC01", **OUTLET)

    new()
    corrected = new()
    casework.request_correction(
        city.actor(by["clerk"]),
        case=corrected.reference,
        items=[{"field": "area", "message": "请按产权证填写"}, {"material": "floor_plan", "message": "看不清"}],
    )
    casework.not_accept(city.actor(by["clerk"]), case=new().reference, reason="不属于许可范围。")
    talked = city.accepted(new(), by["clerk"])
    casework.send_message(company, case=talked.reference, text="平面图要盖章吗？")
    casework.send_message(city.actor(by["clerk"]), case=talked.reference, text="不用。")
    casework.ask_opinion(
        city.actor(by["reviewer"]),
        case=talked.reference,
        unit="jz.linjiang.water.services",
        question="隔油设施是否符合要求？",
        shared_fields=["shop_address", "grease_trap"],
    )
    suspended = city.accepted(new(), by["clerk"])
    casework.suspend(city.actor(by["reviewer"]), case=suspended.reference, procedure="inspection", reason="现场核查")
    _decided(city, new(), "granted")
    refused = _decided(city, new(), "refused")
    city.settle()
    intake.start_contest(company, case=refused.reference)


def _change_of_a_company(city: City, company: Actor) -> None:
    """One form for several departments; the one that leads sees it on its board."""
    no_more = {"abnormal": False, "name_changes": False}
    draft = intake.start_bundle(company, event="BE05", region=LINJIANG, answers=no_more, services=[])
    answers = {
        "br03__changes": ["scope"],
        "br03__resolved_on": "2026-11-02",
        "br03__new_scope": "餐饮服务；食品销售",
        "hf09__items": ["contact"],
        "bank__name": "江州农商银行",
        "bank__account": "6222000000000000123",
        "contact__phone": "13800009902",
    }
    draft = intake.save_draft(company, draft=draft.reference, answers=answers, revision=draft.revision)
    city.submit(company, city.with_pictures(company, draft))


def _illness(city: City, resident: Actor) -> None:
    """Two departments that both ask for something more."""
    about = {"insurance": "employee", "directly_settled": True, "beyond_means": True}
    no = dict.fromkeys(("elsewhere", "chronic", "self_care", "work_related"), False)
    filed = _event(city, resident, "LE09", {**about, **no}, services=["MH11", "CL18"])
    city.deliver()
    officers, roles = Officers(), TRANSITIONS["request_correction"].roles
    for case in Case.objects.filter(matter=filed.matter):
        item = WorkItem.objects.get(subject=f"case:{case.reference}", kind="accept")
        [clerk, *_others] = officers.able(
            department_id=item.department_id, unit_id=item.unit_id, role=item.role, roles=roles, excluded=()
        )
        items = [{"field": next(iter(case.answers)), "message": "请再核对一下"}]
        casework.request_correction(clerk, case=case.reference, items=items)


def _job_lost(city: City, resident: Actor) -> None:
    """Of which the former employer has to file a part."""
    about = {"involuntary": True, "years_of_contributions": 3, "employer_filed": False}
    no = dict.fromkeys(("dispute", "start_business", "poor", "hard_to_place"), False)
    _event(city, resident, "LE04", {**about, **no})


def _event(city: City, resident: Actor, event: str, about: dict[str, Any], services: Sequence[str] = ()) -> Submission:
    """Filed with whatever its form asks."""
    draft = intake.start_bundle(resident, event=event, region=LINJIANG, answers=about, services=services)
    form = forms.open_draft(resident, reference=draft.reference).form
    answers = AnswerSheet(form, {}, dict(draft.answers)).fill().answers
    draft = intake.save_draft(resident, draft=draft.reference, answers=answers, revision=draft.revision)
    return city.submit(resident, city.with_pictures(resident, draft))


def _leave(city: City) -> None:
    """Asked for at the desk: one filed, one begun."""
    officer = forms.filing_as(city.actor("market.reviewer"), "GE01")
    city.file(officer, "GE01", kind="annual", first_day="2027-01-11", last_day="2027-01-13")
    city.draft(officer, "GE01", kind="annual")


def _drafted_versions(admin: Actor) -> None:
    catalogue.draft_version(admin, code="LC01", changes={}, change_reason="条文调整")
    catalogue.draft_event(admin, code="BE05", changes={}, change_reason="条文调整")
    intake.replay_service(admin, code="LC01", number=2)
    table = DecisionTable.objects.order_by("pk")[0]
    law.draft_table(admin, key=table.key, name=table.name, model=table.model, inputs=table.inputs, tests=table.tests)


def _decided(city: City, case: Case, outcome: str) -> Case:
    city.accepted(case, "market.clerk")
    city.step(case, "market.reviewer", "review")
    second = city.actor("market.inspector2").post_id
    city.step(case, "market.inspector", "inspection", together_with=[second])
    citations = [] if outcome == "granted" else [{"instrument": "cn.licensing-law", "article": "38.2"}]
    casework.draft_decision(
        city.actor("market.reviewer"),
        case=case.reference,
        outcome=outcome,
        reasons="材料齐全，符合条件。" if outcome == "granted" else "现场布局不符合要求。",
        citations=citations,
    )
    casework.sign_decision(city.actor("market.section"), case=case.reference)
    return Case.objects.get(pk=case.pk)


@pytest.fixture(scope="session")
def plain_city(django_db_setup: None, django_db_blocker: Any, _own_files: None) -> Iterator[str]:
    """The name of a database with the city alone; files and keys lie in this run's folders."""
    with another_database(django_db_blocker, database.ensure_template, f"{database.DATABASE}_plain") as name:
        for command in ("make_journal_key", "make_token_key"):
            call_command(command, stdout=io.StringIO(), stderr=io.StringIO())
        for _stage in demonstration.lay_city(random.Random(demonstration.SEED)):
            pass
        City().deliver()
    yield name
    drop(django_db_blocker, name)


@pytest.fixture(scope="session")
def laid_city(plain_city: str, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database with all of it."""
    with another_database(django_db_blocker, lambda: plain_city, f"{database.DATABASE}_city") as name:
        lay_life(City())
    yield name
    drop(django_db_blocker, name)


@contextmanager
def another_database(blocker: Any, template: Callable[[], str], name: str) -> Iterator[str]:
    """Work in a clone of ``template`` instead of the tests' database."""
    with blocker.unblock():
        database.clone(template(), name)
        database.use(name)
        references.forget_block()
        Kept.forget_all()
        yield name
        database.use(database.DATABASE)
        references.forget_block()
        Kept.forget_all()


def drop(blocker: Any, name: str) -> None:
    with blocker.unblock(), database.server() as cursor:
        cursor.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def inhabited_city(transactional_db: None, laid_city: str) -> City:
    """A fresh copy of the city as this test's database."""
    for each in connections.all():
        each.close()
    database.clone(laid_city)
    references.forget_block()
    Kept.forget_all()
    return City()


@pytest.fixture(scope="module")
def _in_plain_city(plain_city: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        database.use(plain_city)
        references.forget_block()
    yield
    with django_db_blocker.unblock():
        database.use(database.DATABASE)
        references.forget_block()


@pytest.fixture
def quick_city(_in_plain_city: None, db: None) -> City:
    """The city before anybody filed; what a test does in it is rolled back. For modules whose tests all work in it."""
    return City()
