"""A district with two departments, their people, services of six procedures and cases in every state."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from egov.casework import actions
from egov.casework.actions import CaseSpec
from egov.casework.models import Case
from egov.catalogue.models import PublicService, ServiceVersion
from egov.identity.models import Organisation, Unit
from egov.kernel import clock, outbox, references
from egov.kernel.actor import Actor
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref
from egov.work import actions as work
from egov.work.models import OPEN_ITEMS, WorkItem

REVIEW: dict[str, Any] = {
    "key": "review",
    "kind": "review",
    "role": "reviewer",
    "title": {"zh-Hans": "审查", "en": "Review"},
}
DECIDE: dict[str, Any] = {
    "key": "decide",
    "kind": "decide",
    "role": "reviewer",
    "after": ["review"],
    "title": {"zh-Hans": "拟定决定", "en": "Write the decision"},
}
SIGN: dict[str, Any] = {
    "key": "sign",
    "kind": "sign",
    "role": "section_head",
    "after": ["decide"],
    "four_eyes": ["decide"],
    "title": {"zh-Hans": "签发", "en": "Sign"},
}
PLAN: dict[str, Any] = {"key": "signed", "steps": [REVIEW, DECIDE, SIGN]}
SHORT_PLAN: dict[str, Any] = {"key": "short", "steps": [{**DECIDE, "after": []}]}
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "trade_name": {"type": "string", "x-title": {"zh-Hans": "字号", "en": "Trade name"}},
        "area": {"type": "number", "x-title": {"zh-Hans": "面积", "en": "Floor area"}},
        "floor_plan": {
            "type": "string",
            "x-widget": "file",
            "x-material": "floor_plan",
            "x-title": {"zh-Hans": "平面图", "en": "Plan"},
        },
    },
    "required": ["trade_name"],
}
MATERIALS = [{"key": "floor_plan", "name": {"zh-Hans": "平面图", "en": "Floor plan"}, "source": "applicant"}]
ANSWERS = {"trade_name": "望山小馆", "area": 64}
# procedure -> instrument and article of the service's own law, for procedures whose acts rest on it
OWN_LAW = {"instrument": "cn.social-insurance-law", "article": "45"}


@dataclass(frozen=True)
class A_Route:  # noqa: N801
    """Stands for routing's choice."""

    department_id: int
    unit_id: int
    region: str = "990102"
    rule: str = "competence:1"

    def as_json(self) -> dict[str, Any]:
        return {"department_id": self.department_id, "unit_id": self.unit_id, "region": self.region, "rule": self.rule}


@dataclass
class Casework:
    """The world of the tests. People are made once; cases as often as asked."""

    identities: Any
    department: Organisation
    unit: Unit
    clerk: Actor
    reviewer: Actor
    second: Actor  # another reviewer of the unit
    head: Actor  # leads the section
    director: Actor  # heads the organ
    other_unit: Unit  # of the same department
    neighbour: Actor  # a reviewer there
    elsewhere: Unit  # of another department
    adviser: Actor
    supervisor: Actor
    applicant: Actor
    stranger: Actor
    _services: dict[str, ServiceVersion] = field(default_factory=dict)
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def service(self, procedure: str = "licensing", *, code: str = "", **more: Any) -> ServiceVersion:
        """A published service under a procedure; ``more`` are columns of the version."""
        code = code or f"T{next(self._count):03d}"
        service = PublicService.objects.create(code=code, mode="g2b", department_role="market")
        defaults: dict[str, Any] = {
            "service": service,
            "number": 1,
            "state": "published",
            "name": {"zh-Hans": "食品经营许可", "en": "Food business licence"},
            "item_type": "01",
            "level": "district",
            "case_kind": "promised",
            "statutory_limit": 20,
            "statutory_unit": "wd",
            "promised_limit": 10,
            "promised_unit": "wd",
            "procedure": procedure,
            "form": FORM,
            "materials": MATERIALS,
            "plan": PLAN,
            "legal_basis": [OWN_LAW],
        }
        return ServiceVersion.objects.create(**{**defaults, **more})

    def spec(self, version: ServiceVersion | None = None, **more: Any) -> CaseSpec:
        applicant_id = more.pop("applicant_id", self.applicant.on_behalf_of_id)
        defaults: dict[str, Any] = {
            "version": version or self._default(),
            "applicant_id": applicant_id,
            "filed_by_id": applicant_id,
            "capacity": "self",
            "matter": references.draw("M"),
            "route": A_Route(self.department.pk, self.unit.pk),
            "answers": ANSWERS,
        }
        return CaseSpec(**{**defaults, **more})

    def _default(self) -> ServiceVersion:
        if "default" not in self._services:
            self._services["default"] = self.service()
        return self._services["default"]

    # --- One trait per state ------------------------------------------------------------------------

    def unpaid(self, version: ServiceVersion | None = None, **more: Any) -> Case:
        return actions.open_case(self.applicant, spec=self.spec(version, price=Decimal("40.00"), **more))

    def received(self, version: ServiceVersion | None = None, **more: Any) -> Case:
        return actions.open_case(self.applicant, spec=self.spec(version, **more))

    def corrected(self, version: ServiceVersion | None = None, **more: Any) -> Case:
        """Waiting for the applicant's correction."""
        case = self.received(version, **more)
        items = [{"field": "area", "message": "请按产权证填写"}]
        return actions.request_correction(self.clerk, case=case.reference, items=items)

    def accepted(self, version: ServiceVersion | None = None, **more: Any) -> Case:
        case = self.received(version, **more)
        return actions.accept(self.clerk, case=case.reference)

    def reviewed(self, version: ServiceVersion | None = None, **more: Any) -> Case:
        """The review step is done; the decision is to be written."""
        case = self.accepted(version, **more)
        return self.step(case, self.reviewer, "review")

    def drafted(self, version: ServiceVersion | None = None, outcome: str = "granted", **more: Any) -> Case:
        case = self.reviewed(version, **more)
        self.draft(case, outcome=outcome)
        return Case.objects.get(pk=case.pk)

    def decided(self, version: ServiceVersion | None = None, outcome: str = "granted", **more: Any) -> Case:
        """Signed; delivered at once where the service delivers electronically."""
        case = self.drafted(version, outcome, **more)
        return actions.sign_decision(self.head, case=case.reference)

    def suspended(self, version: ServiceVersion | None = None, **more: Any) -> Case:
        case = self.accepted(version, **more)
        return actions.suspend(self.reviewer, case=case.reference, procedure="inspection", reason="现场核查")

    # --- Small steps ------------------------------------------------------------------------------------

    def item(self, case: Case, kind: str) -> WorkItem:
        return WorkItem.objects.get(subject=f"case:{case.reference}", kind=kind, state__in=OPEN_ITEMS)

    def step(self, case: Case, officer: Actor, kind: str, outcome: str = "", **more: Any) -> Case:
        item = self.item(case, kind)
        return actions.complete_step(officer, case=case.reference, item_id=item.pk, outcome=outcome, **more)

    def draft(self, case: Case, *, outcome: str = "granted", officer: Actor | None = None, **more: Any) -> Any:
        defaults: dict[str, Any] = {"reasons": "材料齐全，符合法定条件。"}
        if outcome != "granted":
            defaults["citations"] = [{"instrument": "cn.licensing-law", "article": "38.2"}]
        return actions.draft_decision(
            officer or self.reviewer, case=case.reference, outcome=outcome, **{**defaults, **more}
        )

    def claim(self, case: Case, officer: Actor, kind: str) -> WorkItem:
        return work.claim(officer, item_id=self.item(case, kind).pk)

    def again(self, case: Case) -> Case:
        return Case.objects.get(pk=case.pk)

    def ref(self, case: Case) -> Ref:
        return Ref("case", case.reference)

    def last_day(self, due: dt.datetime) -> str:
        """The day a due moment (24:00) still belongs to, on the authority's calendar."""
        return (clock.local(due) - dt.timedelta(microseconds=1)).date().isoformat()


@pytest.fixture
def casework(identities: Any, law: None, calendar: None) -> Casework:
    department = identities.department()
    unit = identities.unit(department, "jz.linjiang.market.licensing")
    office = identities.unit(department, "jz.linjiang.market.office")
    other_unit = identities.unit(department, "jz.linjiang.market.registration")
    water = identities.department("jz.linjiang.water", "临江区水务局")
    elsewhere = identities.unit(water, "jz.linjiang.water.drainage")
    data = identities.department("jz.linjiang.data", "临江区数据局")
    hall = identities.unit(data, "jz.linjiang.data.supervision")
    return Casework(
        identities=identities,
        department=department,
        unit=unit,
        clerk=identities.officer("clerk", unit=unit, person=identities.person("周窗口")),
        reviewer=identities.officer("reviewer", unit=unit, person=identities.person("周明远")),
        second=identities.officer("reviewer", unit=unit, person=identities.person("陈立")),
        head=identities.officer("section_head", "reviewer", unit=unit, person=identities.person("高岚")),
        director=identities.officer("department_head", unit=office, person=identities.person("许局长")),
        other_unit=other_unit,
        neighbour=identities.officer("reviewer", "clerk", unit=other_unit, person=identities.person("邻科")),
        elsewhere=elsewhere,
        adviser=identities.officer("reviewer", unit=elsewhere, person=identities.person("水务")),
        supervisor=identities.officer("supervisor", unit=hall, person=identities.person("督办")),
        applicant=identities.resident(identities.person("赵启明", region=identities.region())),
        stranger=identities.resident(identities.person("陌生人")),
    )


@pytest.fixture
def deliver_outbox() -> Any:
    """Let the outbox deliver, as the worker does; what casework itself consumes must not fail."""

    def run() -> None:
        for queue in outbox.QUEUES:
            outbox.deliver(queue=queue)
        failed = OutboxMessage.objects.filter(last_error__contains="casework.").values_list("last_error", flat=True)
        assert not failed, list(failed)

    return run
