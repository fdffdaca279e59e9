"""What every view of the API shares: who acts, in which capacity; versions of what is read and written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from egov.identity import queries as identity
from egov.identity.models import Account
from egov.kernel.actor import ANONYMOUS, Actor
from egov.kernel.errors import NotPermitted, StaleVersion
from portals.api.authentication import WithinScope
from portals.api.problems import InvalidHeader, PreconditionFailed

CAPACITY = OpenApiParameter(
    "capacity",
    str,
    OpenApiParameter.PATH,
    description="In which capacity you act: `self`, `o-…` (organisation), `g-…` (ward), `m-…` (mandate), `p-…` (post). "
    "`GET /api/v1/session` lists yours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you saw; when it is no longer the present one: 412."
)

T = TypeVar("T")


class View(APIView):
    """Every answer names the version of the API and is never kept by a proxy."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        found: Response = super().finalize_response(request, response, *args, **kwargs)
        found["API-Version"] = str(settings.SPECTACULAR_SETTINGS["VERSION"])
        found.setdefault("Cache-Control", "no-store")
        if isinstance(found, Response):
            found.add_post_render_callback(self._let_go)
        return found

    def _let_go(self, response: Response) -> None:
        """View and request point at each other; what was answered need not wait with them for the collector."""
        del self.response
        vars(response).pop("renderer_context", None)

    def body(self, shape: type[Serializer]) -> dict[str, Any]:
        """The request's body in the form of ``shape``. Raises DRF's ``ValidationError``."""
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


class PublicView(View):
    """Open to everyone."""

    permission_classes = []

    @cached_property
    def actor(self) -> Actor:
        return ANONYMOUS


class AccountView(View):
    """For whoever is logged in, whatever they may act as."""

    permission_classes = [IsAuthenticated, WithinScope]

    @property
    def account(self) -> Account:
        if not isinstance(self.request.user, Account):
            raise NotAuthenticated
        return self.request.user


@extend_schema(parameters=[CAPACITY])
class ActorView(View):
    """A view under ``/as/<capacity>/``: the actor is resolved once per request, in the URL's capacity."""

    permission_classes = [IsAuthenticated, WithinScope]

    @cached_property
    def actor(self) -> Actor:
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        request_id = getattr(self.request, "request_id", "")
        return identity.actor_for(self.request.user, self.kwargs["capacity"], request_id)

    @property
    def party_id(self) -> int:
        """The party whose matter it is. Raises ``NotPermitted`` for a post."""
        if not self.actor.is_applicant or self.actor.on_behalf_of_id is None:
            raise NotPermitted
        return self.actor.on_behalf_of_id

    @property
    def whole_party_id(self) -> int:
        """The same, for what an agent whose mandate is limited to some services does not see."""
        if self.actor.mandate_services is not None:
            raise NotPermitted
        return self.party_id


class DeskView(ActorView):
    """Only for posts."""

    @cached_property
    def actor(self) -> Actor:
        actor: Actor = ActorView.actor.func(self)  # type: ignore[attr-defined]
        if not actor.is_staff:
            raise NotPermitted
        return actor


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(request: Request, given: int | None) -> int | None:
    """The version that the caller saw: from the body, or from ``If-Match``. Raises ``InvalidHeader``."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return given
    number = header.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise InvalidHeader.named("If-Match", "malformed", _("Send the ETag as you got it."))
    return int(number)


@contextmanager
def precondition(request: Request) -> Iterator[None]:
    """A stale version is a conflict (409); when it was named in ``If-Match``, a failed precondition (412)."""
    try:
        yield
    except StaleVersion as error:
        if "If-Match" not in request.headers:
            raise
        raise PreconditionFailed(error.message, code=error.code, way_out=error.way_out) from error


def with_etag(response: Response, version: int) -> Response:
    response["ETag"] = etag(version)
    return response


def unchanged(request: Request, tag: str, draw: Callable[[], Any]) -> Response:
    """304 when the caller has it already; else the answer, to be asked for again with its ETag."""
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    response = Response(status=304) if tag in known else Response(draw())
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response
