"""Who calls, and with how much scope: a program with an access token, or a browser with its session."""

from typing import Any

from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from egov.identity.rules import API_SCOPES

EVERYTHING, READING, FILING, DESK = API_SCOPES


class BearerAuthentication(TokenAuthentication):
    """An access token of our own authority with a scope of the API (one for logging in elsewhere opens nothing here).

    A program that acts by itself (client credentials) acts for the account that owns it. Without any log-in the answer
    is 401.
    """

    def authenticate(self, request: Request) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        user, token = super().authenticate(request) or (None, None)
        if token is None or not set(API_SCOPES) & set(token.get_scopes()):
            raise AuthenticationFailed(_("This access token does not open this interface."))
        account = user or token.client.owner
        if account is None or not account.is_active:
            raise AuthenticationFailed(_("Nobody stands behind this access token."))
        return account, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class InsufficientScope(PermissionDenied):
    """RFC 6750 §3.1."""

    default_code = "insufficient_scope"
    default_detail = _("This access token does not reach so far.")

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.auth_header = f'Bearer error="insufficient_scope", scope="{wanted}"'


class WithinScope(BasePermission):
    """A token does what its scopes say; a session what the person may.

    ``api`` is everything, ``api.read`` reading; ``api.file`` all of an applicant's, ``api.desk`` all of a post's.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return True
        wanted = scopes_for(request.method or "", view.kwargs.get("capacity", ""))
        if not wanted.intersection(scopes_of(request.auth)):
            raise InsufficientScope(" ".join(sorted(wanted)))
        return True


def scopes_of(token: Any) -> list[str]:
    """What the access token was given for."""
    return list(token.get_scopes())


def scopes_for(method: str, capacity: str) -> set[str]:
    """The scopes of which one is enough."""
    wanted = {EVERYTHING, DESK if capacity.startswith("p-") else FILING}
    if method in SAFE_METHODS:
        wanted |= {READING} if capacity else set(API_SCOPES)
    return wanted


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "oauth2",
            "description": "Access tokens by client credentials; people's programs by authorization code.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/identity/o/api/token",
                    "scopes": {
                        EVERYTHING: "Everything the account may do",
                        READING: "Reading only",
                        FILING: "What an applicant does",
                        DESK: "What a civil servant does in a post",
                    },
                }
            },
        }
