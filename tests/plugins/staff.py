"""The desk of civil servants as a signed-in browser sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import PublicService, ServiceVersion
from egov.documents import actions as documents
from egov.documents.models import StoredFile
from egov.identity.models import Account
from egov.intake import actions as intake
from egov.intake import queries
from egov.intake.models import Draft
from egov.kernel.actor import Actor
from tests.plugins.casework import Casework
from tests.plugins.intake import Services, question


@dataclass
class Desk:
    """One officer at their desk; pages by the names of their addresses."""

    actor: Actor
    client: Client

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"staff:{name}", args=[self.actor.capacity, *args])

    def get(self, name: str, *args: Any, **query: Any) -> HttpResponse:
        return self.client.get(self.url(name, *args), {"lang": "en", **query})

    def post(self, name: str, *args: Any, **form: Any) -> HttpResponse:
        return self.client.post(self.url(name, *args), form, headers={"accept-language": "en"})

    def text(self, name: str, *args: Any, **query: Any) -> str:
        response = self.get(name, *args, **query)
        assert response.status_code == 200, response.status_code
        return response.content.decode()

    def act(self, case: Any, act: str, **form: Any) -> HttpResponse:
        return self.post("case_act", case.reference, act, **form)


def desk_of(actor: Actor) -> Desk:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account_id))
    client.cookies["django_language"] = "en"
    return Desk(actor, client)


@pytest.fixture
def desk(casework: Casework) -> Callable[[Actor | None], Desk]:
    """``desk()`` is the reviewer's; ``desk(actor)`` anybody's."""

    def make(actor: Actor | None = None) -> Desk:
        return desk_of(actor or casework.reviewer)

    return make


@pytest.fixture
def evidence(casework: Casework, a_picture: Callable[..., Any]) -> tuple[Case, StoredFile]:
    """An accepted case with a photo, and the photo."""
    stored = documents.store_file(
        casework.applicant,
        upload=a_picture("平面图.png"),
        owner_id=casework.applicant.party_id,
        max_size=10**6,
        allowed={"image/png"},
    )
    return casework.accepted(files=[("floor_plan", stored.pk)]), stored


INTERNAL_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": question(
            zh="假别",
            en="Kind",
            enum=["annual", "sick"],
            x_labels={"annual": {"zh-Hans": "年休假", "en": "Annual"}, "sick": {"zh-Hans": "病假", "en": "Sick"}},
            x_widget="radio",
        ),
        "day": question(zh="哪天", en="Day", format="date"),
        "illness": question(zh="病情", en="Illness", x_visible_when='kind == "sick"', x_required_when='kind == "sick"'),
        "deputy": question(zh="替岗人", en="Deputy", x_widget="post"),
    },
    "required": ["kind", "day"],
    "x-pages": [
        {"key": "leave", "title": {"zh-Hans": "请假", "en": "Leave"}, "fields": ["kind", "day", "illness"]},
        {"key": "deputy", "title": {"zh-Hans": "替岗", "en": "Cover"}, "fields": ["deputy"]},
    ],
}


@dataclass
class Internal:
    """Services that posts file: one for the person, one for the department."""

    version: ServiceVersion
    between: ServiceVersion

    def draft(self, actor: Actor, version: ServiceVersion | None = None, **answers: Any) -> Draft:
        code = (version or self.version).service.code
        return intake.start_draft(
            queries.filing_as(actor, code), service=code, region=actor.region_code, answers=answers
        )

    def filed(self, actor: Actor, version: ServiceVersion | None = None, **answers: Any) -> "Filed":
        complete = {"kind": "annual", "day": "2026-12-01", **answers}
        draft = self.draft(actor, version, **complete)
        filing = queries.filing_as(actor, (version or self.version).service.code)
        submission = intake.submit(filing, draft=draft.reference, key=draft.reference)
        return Filed(submission.matter, Case.objects.get(submission=submission.reference).reference)


@dataclass
class Filed:
    matter: str
    case: str


@pytest.fixture
def internal(services: Services, casework: Casework) -> Internal:
    common: dict[str, Any] = {"form": INTERNAL_FORM, "materials": [], "procedure": "internal"}
    leave = services.publish("GE01", audience=["staff"], **common)
    data = services.publish("GG01", audience=["department"], **common)
    PublicService.objects.filter(code="GE01").update(mode="g2e")
    PublicService.objects.filter(code="GG01").update(mode="g2g")
    catalogue.kept.forget()
    for version, mode in ((leave, "g2e"), (data, "g2g")):
        version.service.mode = mode
    return Internal(leave, data)
