"""Who calls: a program with an access token, or a browser with its session."""

from typing import Any

from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

SCOPE = "api"


class BearerAuthentication(TokenAuthentication):
    """An access token of our own authority with the scope ``api`` (one for logging in elsewhere opens nothing here).

    A program that acts by itself (client credentials) acts for the account that owns it. Without any log-in the answer
    is 401.
    """

    def authenticate(self, request: Request) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        user, token = super().authenticate(request) or (None, None)
        if token is None or SCOPE not in token.get_scopes():
            raise AuthenticationFailed(_("This access token does not open this interface."))
        account = user or token.client.owner
        if account is None or not account.is_active:
            raise AuthenticationFailed(_("Nobody stands behind this access token."))
        return account, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
