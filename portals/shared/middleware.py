"""Language kept by page, the actor of each request, and typed errors as pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from egov.identity import queries as identity
from egov.kernel.actor import ANONYMOUS, APPLICANT_KINDS, CapacityKind
from egov.kernel.errors import EgovError, NotPermitted
from portals.shared import language
from portals.shared.errors import error_page
from portals.shared.requests import Request, SignedInRequest

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PlainAddressMiddleware:
    """Takes a NUL out of what was asked, refuses one in the path: nobody types it, and the database stores none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            raise BadRequest
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked:
            request.META["QUERY_STRING"] = asked.replace("%00", "")
        return self.get_response(request)


class LanguageMiddleware:
    """Stands before Django's ``LocaleMiddleware``: ``?lang=`` wins over the cookie and is remembered in it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = language.asked_for(request)
        if wanted:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = wanted
        size = request.GET.get("text", "")
        if size in language.TEXT_SIZES:
            request.COOKIES["text_size"] = size
        response = self.get_response(request)
        if wanted:
            language.remember(response, settings.LANGUAGE_COOKIE_NAME, wanted)
        if size in language.TEXT_SIZES:
            language.remember(response, "text_size", size)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Cookie",))
        return response


class ActorMiddleware:
    """Sets ``request.actor``. An address that names a capacity is open only to who may act in it.

    ``/as/<capacity>/`` is for applicants, ``/desk/`` and ``/console/`` for civil servants. The view still gets the
    ``capacity`` argument; what the actor may do is asked by each action.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.actor = ANONYMOUS.with_request(_request_id(request))
        response = self.get_response(request)
        if request.actor.account_id is not None:
            add_never_cache_headers(response)  # "back" after signing out shows nothing of anybody's
        return response

    def process_view(
        self, request: SignedInRequest, view: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        capacity = kwargs.get("capacity")
        if capacity is None or request.path.startswith("/api/"):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            found = _acting(request, capacity)
        except EgovError as error:  # process_exception sees only what a view raised
            return _page_for(request, error)
        request.actor, request.capacity = found.actor, found.capacity
        return None


class ErrorPageMiddleware:
    """Turns an ``EgovError`` that a view let through into a page: what happened, and the way out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, EgovError):
            return _page_for(request, exception)
        if isinstance(exception, PermissionDenied):
            return error_page(request, status=403, code="not_permitted")
        return None


def _acting(request: SignedInRequest, capacity: str) -> identity.Acting:
    """Raises ``NotPermitted`` when the account lacks the capacity, or the capacity the portal."""
    found = identity.acting(request.user, capacity, _request_id(request))
    wanted = APPLICANT_KINDS if request.path.startswith("/as/") else {CapacityKind.POST}
    if found.actor.kind not in wanted:
        raise NotPermitted
    return found


def _page_for(request: HttpRequest, error: EgovError) -> HttpResponse:
    return error_page(request, status=error.status, code=error.code, message=error, way_out=error.way_out)


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", "") or request.headers.get("X-Request-ID", ""))[:64]
