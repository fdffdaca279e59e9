"""Events from the sentence to their end: residents who begin them, and the officers who finish every part."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.plugins.instances import until
from tests.plugins.walking import DELIVERED, RunningCity, Walker

# A resident without an account gets one, so that each walk has somebody of its own: what one walk registers does not
# stand in the way of the next.
RESIDENT = """
import json
from egov.identity.demo.accounts import PLATFORM_ADMIN
from egov.identity.models import Account, Person
from egov.identity.queries import number_of
free = Person.objects.filter(account=None, posts=None, died_on=None, **json.loads({wanted!r})).order_by("pk")
person = free.first()
password = Account.objects.get(username=PLATFORM_ADMIN).password
account = Account.objects.create(username=f"resident.{{person.pk}}", person=person, assurance=2, password=password)
print(json.dumps([account.username, person.party.name, number_of(person.pk, "cn.ric")]))
"""

# What is open of a matter, and who may do it: those whose post is in the unit and carries the role, and heads of the
# department that carry it. Whoever does little else comes first: that leaves the others free to check it.
OPEN_WORK = """
import json
from egov.casework.models import Case
from egov.identity.models import Account
from egov.identity.queries import head_posts, posts_in
from egov.matters.models import Member
from egov.work.models import OPEN_ITEMS, WorkItem
members = list(Member.objects.filter(matter__reference={matter!r}).select_related("service").order_by("order"))
services = {{each.case: each.service.code for each in members if each.case}}
work = []
for item in WorkItem.objects.filter(state__in=OPEN_ITEMS, subject__in=[f"case:{{case}}" for case in services]).select_related("unit").order_by("pk"):
    heads = head_posts(item.department_id)
    posts = [*posts_in(item.unit_id, role=item.role or None), *(heads.filter(roles__name=item.role) if item.role else heads)]
    posts.sort(key=lambda post: post.roles.count())
    posts = [post for post in posts if post.person_id not in item.excluded_persons]
    accounts = dict(Account.objects.filter(person__posts__in=posts).values_list("person_id", "username"))
    case = item.subject.removeprefix("case:")
    work.append(dict(case=case, service=services[case], kind=item.kind, role=item.role, unit=item.unit.key,
                     people=[(accounts[each.person_id], each.pk) for each in posts if each.person_id in accounts]))
print(json.dumps(dict(
    members={{each.service.code: each.state for each in members}},
    outcomes=dict(Case.objects.filter(matter={matter!r}).values_list("service__code", "outcome")),
    work=work,
)))
"""
TOLD = """
import json
from egov.casework.models import Case
cases = Case.objects.filter(matter={matter!r}, answers__has_key={question!r})
print(json.dumps({{case.service.code: case.answers[{question!r}] for case in cases}}))
"""
# What an officer does when a case offers it, the first of these.
ACTS = ("accept_change", "accept", "complete_step", "draft_decision", "sign_decision", "deliver")


@dataclass(frozen=True)
class Work:
    """Something open, and who may do it."""

    case: str
    service: str
    kind: str
    role: str
    unit: str
    people: list[tuple[str, int]]  # account and post


@dataclass(frozen=True)
class Standing:
    """How the members of a matter stand: by service their state, the outcome of their cases, and what is open."""

    members: Mapping[str, str]
    outcomes: Mapping[str, str]
    work: list[Work]

    @property
    def ended(self) -> bool:
        return not {"waiting", "open"} & set(self.members.values())


@dataclass
class Officers:
    """Everybody at the desks of the city, each at a browser of their own once they are needed."""

    walker: Callable[..., Walker]
    city: RunningCity
    at_desk: dict[str, Walker] = field(default_factory=dict)

    def standing(self, matter: str) -> Standing:
        found = json.loads(self.city.python(OPEN_WORK.format(matter=matter)).splitlines()[-1])
        return Standing(found["members"], found["outcomes"], [Work(**each) for each in found["work"]])

    def finish(self, matter: str, *, refuse: Collection[str] = ()) -> Standing:
        """Everything that is open, and what it sets free, until every member has ended."""
        while not (found := self._with_work(matter)).ended:
            for work in found.work:
                self.do(work, refuse=work.service in refuse)
        return found

    def bring_to(self, matter: str, service: str) -> None:
        """Do what is open until the case of ``service`` has begun."""
        while (found := self._with_work(matter)).members[service] == "waiting":
            for work in found.work:
                self.do(work)

    def told(self, matter: str, question: str) -> dict[str, Any]:
        """What each case of the matter has for an answer to a question of its own form."""
        return dict(json.loads(self.city.python(TOLD.format(matter=matter, question=question)).splitlines()[-1]))

    def _with_work(self, matter: str) -> Standing:
        """As it stands once the worker has opened what the last decision set free."""
        found: list[Standing] = []

        def something() -> bool:
            found.append(self.standing(matter))
            return bool(found[-1].ended or found[-1].work)

        until(something, seconds=DELIVERED, what=f"work on {matter}")
        return found[-1]

    def do(self, work: Work, *, refuse: bool = False) -> None:
        """One act on a case by somebody whose work it is."""
        assert work.people, f"{work.service}: nobody in {work.unit} is {work.role} for “{work.kind}”"
        (account, _post), *others = work.people
        officer = self._at_desk(account)
        officer.desk(f"cases/{work.case}/")
        offered = next((act for act in ACTS if officer.offers(act)), "")
        assert offered, f"{work.service}: {work.role} in {work.unit} can do nothing for “{work.kind}”"
        self._act(officer, offered, refuse=refuse, companions=[str(post) for _account, post in others])

    def _act(self, officer: Walker, act: str, *, refuse: bool, companions: Sequence[str]) -> None:
        if act == "draft_decision":
            outcome = "refused" if refuse else "granted"
            reasons = officer.say("不符合条件。", "The conditions are not met.")
            law = {"clauses": "cn.social-insurance-law 45"} if refuse else {}  # a refusal names its law
            if not refuse:
                reasons = officer.say("材料齐全，符合条件。", "The papers are complete, the conditions are met.")
            officer.act(act, outcome=outcome, reasons=reasons, **law)
        elif act == "complete_step":
            together = officer.page.locator("form[action$='/acts/complete_step/'] [name=with]")
            offered = [each.get_attribute("value") for each in together.all()]
            needed = {"with": next(each for each in companions if each in offered)} if offered else {}
            officer.act(act, press=officer.first_outcome(), note=officer.say("已核对。", "Checked."), **needed)
        else:
            officer.act(act)

    def _at_desk(self, account: str) -> Walker:
        if account not in self.at_desk:
            self.at_desk[account] = self.walker(account, looks=False)
        return self.at_desk[account]


@pytest.fixture
def officers(walker: Callable[..., Walker], running_city: RunningCity) -> Officers:
    return Officers(walker, running_city)


@dataclass(frozen=True)
class Resident:
    """Who walks: account, name, identity number."""

    account: str
    name: str
    number: str


@pytest.fixture
def somebody(running_city: RunningCity) -> Callable[..., Resident]:
    """``somebody(sex="female", …)``: somebody in the city whom the filters of ``Person`` find, now with an account."""

    def make(**wanted: Any) -> Resident:
        printed = running_city.python(RESIDENT.format(wanted=json.dumps(wanted)))
        return Resident(*json.loads(printed.splitlines()[-1]))

    return make


# --- The applicant ----------------------------------------------------------------------------------------


def come_to(person: Walker, who: Resident, sentence: str, event: str, *, capacity: str = "self") -> None:
    """From the sentence in the box on the front page to the event, signing in on the way."""
    person.go("/")
    person.fill(q=sentence)
    person.press(person.page.locator("main form button[type=submit]").first)
    person.follow(f"/event/{event}")
    person.press(person.page.locator("main a.usa-button").first)
    person.sign_in(who.account)
    if "/events/" not in person.path:  # who acts only for themselves is not asked for whom
        person.follow(f"/as/{capacity}")
    assert f"/events/{event}/" in person.path, person.path


def answer(person: Walker, **answers: Any) -> None:
    """Some of the questions that decide what applies; those that are left are asked again."""
    person.fill("main form[method=get]", **answers)
    person.press(person.page.locator("main form[method=get] button[type=submit]"))


def answer_again(person: Walker, **answers: Any) -> None:
    """Take back an answer, found by its name being missing from the address of "Change", and give another."""
    for name in answers:
        changes = person.page.locator("main aside a[href^='?']")
        hrefs = [each.get_attribute("href") or "" for each in changes.all()]
        change = next(number for number, href in enumerate(hrefs) if f"{name}=" not in href)
        person.press(changes.nth(change))
    answer(person, **answers)


def offered(person: Walker) -> str:
    """What the page of the event would file, as it stands: its map and its list, in words."""
    return person.page.locator("#begin").inner_text()


def start(person: Walker, **chosen: Any) -> None:
    """Begin the one form, with the optional services and the place that are wanted."""
    assert not person.page.locator("main form[method=get]").count(), "a question is left"
    person.fill("#begin", **chosen)
    person.press(person.page.locator("#begin button[type=submit]"))
    assert "/drafts/" in person.path, person.page.locator("main [role=alert]").first.inner_text()


def begin(
    person: Walker,
    who: Resident,
    sentence: str,
    event: str,
    about: Mapping[str, Any],
    capacity: str = "self",
    **chosen: Any,
) -> None:
    """From the sentence to the first page of the one form."""
    come_to(person, who, sentence, event, capacity=capacity)
    answer(person, **about)
    start(person, **chosen)


def send(person: Walker) -> str:
    """The check page with its consent, submitted once; stays on the page of the matter, whose reference it gives."""
    assert not person.page.locator("#f-consent").is_checked(), "nobody consents by saying nothing"
    person.declare()
    assert "/submissions/" in person.path, person.page.locator("main").inner_text()
    matter = person.filed().matter
    assert person.page.locator("ol.lanes").count()
    return matter.partition("?")[0].rstrip("/").rpartition("/")[2]


def change(person: Walker, matter: str, why: str, **answer: Any) -> None:
    """Correct one answer of what is filed; stays on the page of the matter, which says that it was told."""
    [question] = answer
    person.go(re.sub(r"/matters/.*", f"/matters/{matter}/change/?question={question}", person.path))
    person.fill(reason=why, **answer)
    person.submit()
    assert person.status == 200, person.page.locator("main [role=alert]").first.inner_text()
    person.sees(person.say("需要这项内容的部门均已收到", "The departments that asked for it were told"))


def see_the_end(person: Walker, matter: str, *, done: int, total: int) -> None:
    """The timeline says that everything has ended."""
    person.page.goto(re.sub(r"/matters/.*", f"/matters/{matter}/?lang={person.language}", person.page.url))
    person.look()
    person.sees(person.say(f"已办{done}件，共{total}件", f"{done} of {total} done"), person.say("办结日期", "Ended on"))
