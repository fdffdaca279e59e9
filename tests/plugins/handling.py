"""Services filed and carried to their end in the demonstration city: applicants, and officers who do each step.

Each step is done by somebody whose work it is; one that waits for a role nobody holds fails.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from egov.casework import actions as casework
from egov.casework.demo import Officers
from egov.casework.models import Case
from egov.casework.rules.lifecycle import TRANSITIONS
from egov.identity.models import Account, Representative
from egov.identity.queries import actor_for
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.intake.models import Draft, Submission
from egov.kernel.actor import Actor
from egov.kernel.money import to_fen
from egov.payments import actions as payments
from egov.payments.models import Bill
from egov.payments.registry import Told
from egov.work import queries as work
from egov.work.models import OPEN_ITEMS, WorkItem
from tests.plugins.answering import LINJIANG, AnswerSheet
from tests.plugins.demonstration import City

REASONS = {"granted": "材料齐全，符合法定条件。", "refused": "不符合法定条件。"}
ARTICLE = {"instrument": "cn.licensing-law", "article": "38.2"}
MOST_STEPS = 30
ACTS = {"accept": "accept", "decide": "draft_decision", "sign": "sign_decision", "deliver": "deliver"}

Look = Callable[[Actor, Case], None]


@dataclass
class Offices:
    """All officers of the city. ``look`` is called before each step with who will do it."""

    officers: Officers = field(default_factory=Officers)

    def carry(self, case: Case, outcome: str = "granted", *, look: Look = lambda _actor, _case: None) -> Case:
        """Do what is open on the case until nothing is, decided with ``outcome``."""
        for _step in range(MOST_STEPS):
            item = self.open_items(case).first()
            if item is None:
                return Case.objects.get(pk=case.pk)
            actor, *others = self.able(item)
            look(actor, case)
            self._do(actor, case, item, outcome, [each.post_id or 0 for each in others])
        raise AssertionError(f"{case.service.code} does not come to an end")

    def open_items(self, case: Case) -> QuerySet[WorkItem]:
        return WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS).order_by("pk")

    def able(self, item: WorkItem) -> list[Actor]:
        """Whose work the item is, as many as it takes together. Nothing may wait for a role that nobody holds."""
        found = self.officers.able(
            department_id=item.department_id,
            unit_id=item.unit_id,
            role=item.role,
            roles=TRANSITIONS[ACTS.get(item.kind, "complete_step")].roles,
            excluded=item.excluded_persons,
        )
        found = [actor for actor in found if not item.role or item.role in actor.roles]
        found.sort(key=lambda actor: len(actor.roles))  # who does little else leaves the others free to check it
        step = work.step_of(item.pk)
        wanted = step.persons if step else 1
        assert len(found) >= wanted, f"{wanted} × {item.role or item.kind} in {item.unit.key}, found {len(found)}"
        return found[:wanted]

    def _do(self, actor: Actor, case: Case, item: WorkItem, outcome: str, others: list[int]) -> None:
        reference = case.reference
        match item.kind:
            case "accept":
                casework.accept(actor, case=reference)
            case "decide":
                citations = [ARTICLE] if outcome == "refused" else []
                reasons = REASONS[outcome]
                casework.draft_decision(actor, case=reference, outcome=outcome, reasons=reasons, citations=citations)
            case "sign":
                casework.sign_decision(actor, case=reference)
            case "deliver":
                casework.deliver(actor, case=reference)
            case _:
                step = work.step_of(item.pk)
                forward = step.first_forward() if step else ""
                casework.complete_step(
                    actor, case=reference, item_id=item.pk, outcome=forward, note="已核对。", together_with=others
                )


class Walk:
    """People who file in the demonstration city, and the offices that handle it."""

    def __init__(self, city: City) -> None:
        self.city, self.offices, self.client = city, Offices(), Client()

    def applicant(self, code: str, kind: str) -> Actor:
        match kind:
            case "person":
                return self.city.actor("wu.accountant", "self")
            case "enterprise":
                return self.city.business("lin.xiaowen")
            case "sole_trader":
                return self.city.business("zhao.qiming")
            case "staff" | "department":
                return forms.filing_as(self.city.actor("police.reviewer"), code)
        office = Representative.objects.filter(organisation__kind=kind, valid_to=None).order_by("pk")[0]
        account, _new = Account.objects.get_or_create(
            person_id=office.person_id, defaults={"username": "representative", "assurance": 2}
        )
        return actor_for(account, f"o-{office.organisation_id}")

    def file(self, actor: Actor, code: str, **given: Any) -> Case:
        filed = self.submit(actor, intake.start_draft(actor, service=code, region=LINJIANG), given)
        return Case.objects.get(submission=filed.reference)

    def submit(self, actor: Actor, draft: Draft, given: Mapping[str, Any]) -> Submission:
        """Fill in what registers do not know, hand in the papers, submit, pay."""
        form = forms.open_draft(actor, reference=draft.reference).form
        sheet = AnswerSheet(form, given, dict(draft.answers)).fill()
        intake.save_draft(actor, draft=draft.reference, answers=sheet.answers)
        for material, paper in sheet.papers():
            intake.attach(actor, draft=draft.reference, material=material, upload=paper)
        opened = forms.open_draft(actor, reference=draft.reference)
        assert not opened.checked.faults
        filed = intake.submit(actor, draft=draft.reference, key="once", consent=True)
        self.pay(actor)
        return filed

    def finish(self, matter: str) -> Iterator[Case]:
        """Each case of the matter as it is once decided in favour, also those that open meanwhile."""
        while case := Case.objects.filter(matter=matter, outcome="").order_by("pk").first():
            done = self.offices.carry(case)
            assert done.outcome, f"{case.service.code} waits for something that is nobody's work: {done.state}"
            self.city.deliver()
            yield done

    def pay(self, actor: Actor) -> None:
        for bill in Bill.objects.filter(state="open"):
            payments.start_payment(actor, bill=bill.reference, gateway="sandbox", method="wallet")
            payment = bill.payments.get()
            payments.settle(
                gateway="sandbox", told=Told(payment.reference, f"G{payment.pk}", to_fen(bill.total), succeeded=True)
            )
        self.city.deliver()

    def look(self, actor: Actor, case: Case) -> None:
        """The case's page as this person sees it."""
        self.client.force_login(Account.objects.get(pk=actor.account_id))
        place = "desk" if actor.is_staff else "as"
        answer = self.client.get(f"/{place}/{actor.capacity}/cases/{case.reference}/")
        assert answer.status_code == 200, f"{actor.capacity}: {answer.status_code}"

    def look_as_applicant(self, actor: Actor, case: Case) -> None:
        """What a post filed it reads at its desk, where its cases have another page."""
        if not actor.is_staff:
            self.look(actor, case)


@pytest.fixture
def walk(quick_city: City, settings: Any) -> Walk:
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]
    return Walk(quick_city)
