"""Callers of the API: programs with access tokens, browsers with their session."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from egov.identity import actions
from egov.identity.models import Account
from egov.kernel.actor import Actor


@dataclass
class Caller:
    """Speaks JSON in one capacity; ``headers`` go with every request."""

    client: Client
    capacity: str
    headers: dict[str, str] = field(default_factory=dict)

    def address(self, path: str) -> str:
        return path if path.startswith("/") else f"/api/v1/as/{self.capacity}/{path}"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(self.address(path), headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(self.address(path), headers=self.headers)

    def upload(self, path: str, **fields: Any) -> Any:
        return self.client.post(self.address(path), fields, headers=self.headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self.client, method)(
            self.address(path), body if body is not None else {}, "application/json", headers={**self.headers, **named}
        )


@pytest.fixture
def a_token(db: None) -> Callable[..., str]:
    """``a_token(account, "api.read")``: an access token by client credentials, as a program gets it."""

    def get(account: Account, *scopes: str) -> str:
        made = actions.register_program(account, name="tax adviser", scopes=scopes or ("api",))
        basic = base64.b64encode(f"{made.client.pk}:{made.secret}".encode()).decode()
        response = Client().post(
            "/identity/o/api/token",
            {"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}"},
        )
        assert response.status_code == 200, response.content
        return str(response.json()["access_token"])

    return get


@pytest.fixture
def by_token(a_token: Callable[..., str]) -> Callable[..., Caller]:
    """``by_token(actor, "api.read")``: a program that acts for the account behind the actor."""

    def make(actor: Actor, *scopes: str, language: str = "en") -> Caller:
        account = Account.objects.get(pk=actor.account_id)
        headers = {"Authorization": f"Bearer {a_token(account, *scopes)}", "Accept-Language": language}
        return Caller(Client(), actor.capacity, headers)

    return make


@pytest.fixture
def by_session(db: None) -> Callable[..., Caller]:
    """``by_session(actor)``: a browser; forgery is checked as in production."""

    def make(actor: Actor, language: str = "en") -> Caller:
        client = Client(enforce_csrf_checks=True)
        client.force_login(
            Account.objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend"
        )
        token = client.get("/api/v1/session").json()["csrf_token"]
        return Caller(client, actor.capacity, {"X-CSRFToken": token, "Accept-Language": language})

    return make
