"""Services that can be filed, and drafts of them."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Competence, Event, PublicService, ServiceVersion
from egov.contracts.cases import CaseDecided
from egov.identity.models import Unit
from egov.intake import actions, queries
from egov.intake.models import Draft, Submission
from egov.kernel.actor import Actor
from egov.matters import actions as matters
from egov.matters.actions import MemberSpec
from egov.matters.models import Matter
from egov.matters.rules import Needs
from tests.plugins.identity import LONG_AGO, Identities

TITLE = {"zh-Hans": "问题", "en": "Question"}


def question(kind: str = "string", *, zh: str = "问题", en: str = "Question", **more: Any) -> dict[str, Any]:
    """A question of a form; keys of JSON Schema, and hints with ``x_`` for ``x-``."""
    hints = {key.replace("x_", "x-", 1).replace("_", "-"): value for key, value in more.items() if key.startswith("x_")}
    plain = {key: value for key, value in more.items() if not key.startswith("x_")}
    return {"type": kind, "x-title": {"zh-Hans": zh, "en": en}, **plain, **hints}


CARD_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reason": question(
            zh="办理原因",
            en="Reason",
            enum=["lost", "expired"],
            x_labels={"lost": {"zh-Hans": "丢失", "en": "Lost"}, "expired": {"zh-Hans": "到期", "en": "Expired"}},
        ),
        "lost_on": question(
            zh="丢失日期",
            en="Lost on",
            format="date",
            x_visible_when='reason == "lost"',
            x_required_when='reason == "lost"',
        ),
        "name": question(zh="姓名", en="Name", maxLength=50, x_element="person.name"),
        "photo": question(zh="照片", en="Photo", x_widget="file", x_material="photo", x_accept="image"),
    },
    "required": ["reason", "name"],
    "x-pages": [
        {"key": "reason", "title": {"zh-Hans": "办什么", "en": "What you need"}, "fields": ["reason", "lost_on"]},
        {"key": "you", "title": {"zh-Hans": "您的信息", "en": "About you"}, "fields": ["name", "photo"]},
    ],
}
PHOTO = {
    "key": "photo",
    "name": {"zh-Hans": "照片", "en": "Photo"},
    "source": "applicant",
    "required": "never",
    "accept": "image",
    "max_mb": 1,
}
PLAN = {
    "key": "test",
    "steps": [
        {
            "key": "decide",
            "kind": "decide",
            "role": "reviewer",
            "unit": "handling",
            "title": {"zh-Hans": "决定", "en": "Decide"},
            "outcomes": [{"key": "agree", "title": {"zh-Hans": "同意", "en": "Agree"}}],
        }
    ],
}


class Services:
    """Published versions written straight into the catalogue, each handled by one unit in Linjiang."""

    def __init__(self, identities: Identities) -> None:
        self.identities = identities
        self._unit: Unit | None = None

    @property
    def unit(self) -> Unit:
        if self._unit is None:
            self._unit = self.identities.unit()
        return self._unit

    def publish(self, code: str = "CL02", *, form: Mapping[str, Any] | None = None, **more: Any) -> ServiceVersion:
        """A new published version of the service ``code``; an earlier one is retired."""
        service, _new = PublicService.objects.get_or_create(code=code, defaults={"mode": "g2c", "room": "test"})
        earlier = service.versions.order_by("-number").first()
        service.versions.filter(state="published").update(state="retired")
        values: dict[str, Any] = {
            "name": {"zh-Hans": "居民身份证补领", "en": "Identity card, replacement"},
            "summary": {"zh-Hans": "补领证件", "en": "A new card"},
            "department_name": {"zh-Hans": "公安局", "en": "Public Security Bureau"},
            "item_type": "20",
            "level": "district",
            "audience": ["person"],
            "case_kind": "promised",
            "promised_limit": 5,
            "procedure": "public_service",
            "online_depth": 4,
            "form": dict(form or CARD_FORM),
            "materials": [PHOTO],
            "plan": PLAN,
            **more,
        }
        version = ServiceVersion.objects.create(
            service=service, number=earlier.number + 1 if earlier else 1, state="published", **values
        )
        Competence.objects.get_or_create(
            service=service,
            region=self.identities.region(),
            defaults={"department": self.unit.department, "unit": self.unit, "valid_from": LONG_AGO},
        )
        catalogue.kept.forget()
        return version

    def instant(self, code: str = "MH03", **more: Any) -> ServiceVersion:
        return self.publish(
            code,
            case_kind="instant",
            promised_limit=0,
            plan=None,
            auto_decision={"outcome": "granted", "reasons": {"zh-Hans": "符合条件。", "en": "The conditions are met."}},
            **more,
        )


@pytest.fixture
def services(identities: Identities, law: None, calendar: None) -> Services:
    identities.region()
    return Services(identities)


@pytest.fixture
def resident(identities: Identities) -> Actor:
    return identities.resident(identities.person("林晓雯", region=identities.region()))


@pytest.fixture
def a_draft(services: Services) -> Callable[..., Draft]:
    """``a_draft(actor, answers={…})``: a draft of the card service with these answers, complete unless told."""

    def make(actor: Actor, *, service: str = "CL02", answers: Mapping[str, Any] | None = None) -> Draft:
        if not PublicService.objects.filter(code=service).exists():
            services.publish(service)
        complete = {"reason": "expired", "name": "林晓雯"}
        return actions.start_draft(
            actor, service=service, region="990102", answers=complete if answers is None else answers
        )

    return make


@pytest.fixture
def a_picture() -> Callable[..., SimpleUploadedFile]:
    """``a_picture(name)``: a small true PNG."""

    def make(name: str = "photo.png", *, size: int = 40) -> SimpleUploadedFile:
        stream = io.BytesIO()
        Image.new("RGB", (size, size), "white").save(stream, "PNG")
        return SimpleUploadedFile(name, stream.getvalue(), content_type="image/png")

    return make


MEMBER_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"name": question(en="Name"), "uscc": question(en="Code", x_element="organisation.uscc")},
}


@pytest.fixture
def member_spec(services: Services) -> Callable[..., MemberSpec]:
    """``member_spec("AA01", depends_on=[…])``: a published service as a member of a matter."""

    def make(key: str, *, depends_on: Sequence[Needs] = (), limit: int = 5, **more: Any) -> MemberSpec:
        name = {"zh-Hans": f"事项{key}", "en": f"Service {key}"}
        version = services.publish(key, form=MEMBER_FORM, name=name, promised_limit=limit)
        route = queries.route_for(version, queries.form_for(version), {}, region="990102", applicant_kind="person")
        return MemberSpec(key=key, version=version, answers={"name": "甲"}, route=route, depends_on=depends_on, **more)

    return make


# --- A bundle ------------------------------------------------------------------------------------------------
NAME = question(en="Name", x_element="person.name")
AREA = question("integer", en="Area", x_element="shop.area_sqm", minimum=1)
CODE = question(en="Code", x_element="organisation.uscc")
REGISTER = {"type": "object", "properties": {"owner": NAME, "size": AREA}, "required": ["owner", "size"]}
FOOD = {
    "type": "object",
    "properties": {"operator": NAME, "area": AREA, "uscc": CODE, "cooks": question("integer", en="Cooks")},
    "required": ["operator", "area", "uscc", "cooks"],
}
SIGN = {"type": "object", "properties": {"words": question(en="Words"), "name": NAME}, "required": ["words"]}
FOUNDED = {
    "key": "licence",
    "type": "record",
    "name": {"en": "Licence"},
    "held": "in_force",
    "produces": {"organisation.uscc": "x", "organisation.party": "x"},
}
FEE = {"amount": "30.00", "basis": {"zh-Hans": "收费依据", "en": "Basis of the fee"}}


@pytest.fixture
def shop(services: Services) -> Event:
    """Registration first; then the food licence, which needs its code; a sign when wanted; a fire inspection if large."""
    services.publish(
        "AA01",
        form=REGISTER,
        materials=[],
        outputs=[FOUNDED],
    )
    services.publish("AA02", form=FOOD, materials=[], fee=FEE, audience=["enterprise"])
    services.publish("AA03", form=SIGN, materials=[], fee=FEE)
    services.publish("AA04", form=SIGN, materials=[])
    services.publish("AA05", materials=[], plan=None)
    text = {"zh-Hans": "问", "en": "Asked"}
    return Event.objects.create(
        code="BE90",
        kind="business",
        name={"zh-Hans": "开店", "en": "Open a shop"},
        summary={},
        definition={
            "members": [
                {"service": "AA01", "stage": 1},
                {"service": "AA02", "stage": 2},
                {"service": "AA03", "stage": 2, "when": "sign == true"},
                {"service": "AA04", "stage": 2, "when": "area >= 300", "optional": True},
                {"service": "AA05", "stage": 2},
            ],
            "edges": [{"from": "AA01", "to": "AA02"}, {"from": "AA01", "to": "AA05"}],
            "questions": [
                {"key": "area", "type": "number", "text": text, "element": "shop.area_sqm"},
                {"key": "sign", "type": "boolean", "text": text},
            ],
        },
    )


def start(
    actor: Actor,
    *,
    services: Sequence[str] = (),
    again: Sequence[str] = (),
    have: Mapping[str, str] | None = None,
    **answers: Any,
) -> Draft:
    return actions.start_bundle(
        actor, event="BE90", region="990102", answers=answers, services=services, again=again, have=have
    )


def filled(actor: Actor, draft: Draft, **answers: Any) -> Submission:
    actions.save_draft(actor, draft=draft.reference, answers=answers)
    return actions.submit(actor, draft=draft.reference, key="k")


def grant(matter: Matter, key: str, outcome: str = "granted", **outputs: Any) -> None:
    """The case of a member was decided, as the outbox tells it."""
    member = matter.members.get(key=key)
    matters.follow_decision(
        CaseDecided(
            case=member.case,
            matter=matter.reference,
            service=key,
            applicant_id=matter.applicant_id,
            outcome=outcome,
            outputs=outputs,
        )
    )
