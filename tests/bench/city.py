"""The city under measurement: the demonstration's, with cases by the hundred thousand and people who are logged in."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion, VersionState
from egov.documents import actions as documents
from egov.identity.models import Account, Identifier, Party, PartyKind, Post
from egov.identity.queries import actor_for
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.kernel import clock, outbox, partitions, secrets
from egov.kernel.actor import SYSTEM, Actor
from egov.work import actions as work
from egov.work import queries as desks
from egov.work.models import OPEN_ITEMS, WorkItem
from tests.bench import copies
from tests.plugins.answering import AnswerSheet

SEED = 20261124
RESIDENTS = 64  # with an account, so that no client waits for another one's row
DISTRICTS = ("990102", "990103", "990104")
OPEN_SHARE = 0.02  # of a year's cases: two weeks' work lies open
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00\x00\x00\x00IEND\xaeB`\x82"
)

Answers = dict[str, Any]


@dataclass(frozen=True)
class Resident:
    actor: Actor
    account: Account
    answers: Answers  # what every form asks of a person


def who_files(account: Account) -> Resident:
    person = account.person
    assert person is not None
    number = secrets.decrypt(bytes(Identifier.objects.get(party=person.party, scheme="cn.ric").encrypted))
    answers = {"name": person.party.name, "id_number": number, "phone": "13800138000"}
    return Resident(actor_for(account, "self"), account, answers)


# --- Forms as people fill them in ---------------------------------------------------------------------


FREE, WITH_FEE = "SI09", "CL02"
# What decides the way of a case; all else that the form asks is filled in as it comes.
SAID: dict[str, Answers] = {
    FREE: {"end_reason": "contract_ended", "contribution_years": 6, "looking_for_work": True},
    "CP03": {"format": "electronic"},
    "MH03": {"kind": "referred"},
    WITH_FEE: {"purpose": "expired", "delivery": "counter"},
}


def filled(service: str, who: Resident, photo: str) -> tuple[Answers, dict[str, list[str]]]:
    """Answers to the form as it is now, and a file for each material that is asked."""
    form = forms.form_for(catalogue.published(service))
    sheet = AnswerSheet(form, {**who.answers, **SAID[service]}).fill()
    return sheet.answers, {material: [photo] for material, _paper in sheet.papers()}


def store_photo(who: Resident) -> str:
    return documents.store_bytes(
        who.actor, content=PICTURE, name="photo.png", owner_id=who.actor.on_behalf_of_id
    ).reference


# --- Cases through the actions -----------------------------------------------------------------------------


class Originals:
    """Opens cases and carries them on, each time by an officer who may."""

    def __init__(self, who: Resident) -> None:
        self.who = who
        self.photo = store_photo(who)
        self.number = 0
        self._officers: dict[int, list[Actor]] = {}

    def open(self, service: str, region: str) -> Case:
        self.number += 1
        answers, files = filled(service, self.who, self.photo)
        submission = intake.submit_direct(
            self.who.actor,
            service=service,
            region=region,
            answers=answers,
            key=f"bench-{self.number}-{clock.now().timestamp()}",
            files=files,
            consent=True,
        )
        case = Case.objects.get(submission=submission.reference)
        if case.state == "submitted":
            casework.receive_paid(SYSTEM, case=case.reference)
        return case

    def step(self, case: Case) -> bool:
        """The next step of the case, done; False when nothing waits."""
        item = self.waiting(case)
        if item is None:
            return False
        officer, reference = self.officer_for(item), case.reference
        if item.kind == "accept":
            casework.accept(officer, case=reference)
        elif item.kind == "decide":
            casework.draft_decision(officer, case=reference, **_decision(case))
        elif item.kind == "sign":
            casework.sign_decision(officer, case=reference)
        elif item.kind == "issue":
            casework.deliver(officer, case=reference)
        else:
            step = desks.step_of(item.pk)
            assert step is not None, item.kind
            casework.complete_step(officer, case=reference, item_id=item.pk, outcome=step.first_forward())
        return True

    def claim(self, case: Case) -> None:
        item = self.waiting(case)
        if item is not None:
            work.claim(self.officer_for(item), item_id=item.pk)

    def waiting(self, case: Case) -> WorkItem | None:
        items = WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS)
        return items.order_by("id").first()

    def officer_for(self, item: WorkItem) -> Actor:
        if item.department_id not in self._officers:
            posts = Post.objects.filter(unit__department_id=item.department_id, person__account__isnull=False)
            self._officers[item.department_id] = [
                actor_for(post.person.account, f"p-{post.pk}") for post in posts.select_related("person__account")
            ]
        return next(each for each in self._officers[item.department_id] if desks.may_take(each, item))


def _decision(case: Case) -> dict[str, Any]:
    """One person is granted the benefit once only, and all originals are of one person."""
    if case.service.code != FREE:
        return {"outcome": "granted", "reasons": "材料齐全，符合规定。"}
    law = [{"instrument": "cn.social-insurance-law", "article": "45"}]
    return {"outcome": "refused", "reasons": "缴费不满一年。", "citations": law}


def ended(originals: Originals) -> Iterator[Case]:
    """Decided and delivered, not accepted, withdrawn."""
    for region in DISTRICTS:
        for service in SAID:
            case = originals.open(service, region)
            while originals.step(case):
                pass
            yield case
        case = originals.open(FREE, region)
        item = originals.waiting(case)
        assert item is not None
        casework.not_accept(originals.officer_for(item), case=case.reference, reason="不属于本机关职权范围。")
        yield case
        case = originals.open("CP03", region)
        casework.withdraw(originals.who.actor, case=case.reference, reason="不再需要。")
        yield case


def open_ones(originals: Originals) -> Iterator[Case]:
    """Received, accepted, in review, waiting for the decision; one in six in somebody's hand."""
    for region in DISTRICTS:
        for service in (FREE, "CP03", WITH_FEE):
            for steps in range(3):
                case = originals.open(service, region)
                for _ in range(steps):
                    originals.step(case)
                if steps == 1:
                    originals.claim(case)
                yield case


# --- The whole -----------------------------------------------------------------------------------------------


@dataclass
class Seeded:
    """What the scenes send: cookies by client, bodies, addresses."""

    cases: int
    residents: list[dict[str, str]]
    bodies: list[bytes]
    bodies_with_fee: list[bytes]
    staff: dict[str, str]
    post: str
    case_urls: list[str]
    needs: list[bytes]
    filing: Resident
    filers: list[Resident]
    officer: Actor


def seed(*, cases: int) -> Seeded:
    """At least ``cases`` cases in the database, and everything the scenes need. Laying it twice adds nothing."""
    rng = random.Random(SEED)
    accounts = list(_residents())
    residents = [who_files(account) for account in accounts]
    if Case.objects.count() < cases:
        _lay_cases(residents[0], cases, rng)
    photos = [store_photo(who) for who in residents]
    post = _busiest_post()
    unit_cases = Case.objects.filter(unit_id=post.unit_id).order_by("-id").values_list("reference", flat=True)
    return Seeded(
        cases=Case.objects.count(),
        residents=[session_of(account) for account in accounts],
        bodies=[_body(FREE, who, photo) for who, photo in zip(residents, photos, strict=True)],
        bodies_with_fee=[_body(WITH_FEE, who, photo) for who, photo in zip(residents, photos, strict=True)],
        staff=session_of(post.person.account),
        post=f"p-{post.pk}",
        case_urls=[f"/desk/p-{post.pk}/cases/{reference}/" for reference in unit_cases[:200]],
        needs=list(_needs()),
        filing=residents[0],
        filers=residents,
        officer=actor_for(post.person.account, f"p-{post.pk}"),
    )


def _needs() -> Iterator[bytes]:
    """What people say, in both languages, as the catalogue's own definitions have it; each asked in one district."""
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__source="house").order_by(
        "service__code"
    )
    for needs in rows.values_list("needs", flat=True):
        for language, sentences in needs.items():
            for text in sentences[:3]:
                body = {"text": text, "language": language, "region": DISTRICTS[0]}
                yield json.dumps(body, ensure_ascii=False).encode()


def _residents() -> Iterator[Account]:
    people = Party.objects.filter(kind=PartyKind.PERSON, person__posts__isnull=True).order_by("pk")
    for number, party in enumerate(people.select_related("person")[:RESIDENTS]):
        account, _new = Account.objects.get_or_create(
            person=party.person, defaults={"username": f"bench{number}", "assurance": 2}
        )
        yield account


def _lay_cases(who: Resident, cases: int, rng: random.Random) -> None:
    partitions.extend(months_back=13)
    people = list(Party.objects.filter(kind=PartyKind.PERSON).order_by("pk").values_list("pk", flat=True))
    applicant = who.actor.on_behalf_of_id
    assert applicant is not None
    for make, share, days in ((ended, 1 - OPEN_SHARE, (365, 1)), (open_ones, OPEN_SHARE, (14, 0))):
        begun = copies.Originals.begin()
        made = list(make(Originals(who)))
        while outbox.deliver():
            pass
        times = int(cases * share / len(made)) + 1
        copies.multiply(begun, times=times, applicant=applicant, people=people, days=days, rng=rng)
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("vacuum (analyze)")
        cursor.execute("checkpoint")


def _busiest_post() -> Post:
    """A reviewer's, in the unit with the most open work."""
    unit = (
        WorkItem.objects.filter(state__in=OPEN_ITEMS).values("unit").annotate(n=Count("id")).order_by("-n")[0]["unit"]
    )
    held = Post.objects.filter(unit_id=unit, person__account__isnull=False, roles__name="reviewer")
    return held.select_related("person__account").order_by("pk")[0]


def session_of(account: Account) -> dict[str, str]:
    """Headers of a browser in which this account is logged in."""
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    token = "a" * 32
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    return {"Cookie": cookie, "X-CSRFToken": token, "Accept-Language": "zh-Hans"}


def _body(service: str, who: Resident, photo: str) -> bytes:
    answers, files = filled(service, who, photo)
    body = {"service": service, "region": DISTRICTS[0], "answers": answers, "files": files, "consent": True}
    return json.dumps(body, ensure_ascii=False).encode()


def pick(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]
