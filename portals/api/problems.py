"""Errors as RFC 9457 problem details, in the language that the caller reads."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from egov.kernel.errors import EgovError, FieldError, InvalidInput, StaleVersion

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "urn:egov:problem:"


class InvalidHeader(InvalidInput):
    """A header of the request is missing or wrong."""

    @classmethod
    def named(cls, header: str, code: str, message: Any) -> "InvalidHeader":
        return cls([FieldError(header, code, message)])


class PreconditionFailed(StaleVersion):
    """The state named in ``If-Match`` is not the present one."""

    status = 412


def problem(*, status: int, code: str, title: str, detail: str = "", **members: Any) -> dict[str, Any]:
    """A problem object: ``type`` and ``code`` are stable and machine-readable, ``title`` and ``detail`` for people."""
    body = {"type": TYPE_BASE + code, "code": code, "title": title, "status": status, **members}
    if detail:
        body["detail"] = detail
    return body


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every expected error becomes a problem, everything else stays a 500."""
    body, headers = _body(exception)
    if body is None:
        return None
    set_rollback()
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _body(exception: Exception) -> tuple[dict[str, Any] | None, dict[str, str]]:
    match exception:
        case InvalidInput():
            place = "header" if isinstance(exception, InvalidHeader) else "pointer"
            faults = [_fault(fault, place) for fault in exception.faults]
            title = str(exception.message)
            return problem(status=exception.status, code=exception.code, title=title, errors=faults), {}
        case EgovError():
            way_out = {"way_out": str(exception.way_out)} if exception.way_out else {}
            title = str(exception.message)
            return problem(status=exception.status, code=exception.code, title=title, **way_out), {}
        case Http404():
            return problem(status=404, code="not_found", title=_("There is nothing here.")), {}
        case PermissionDenied():
            return problem(status=403, code="not_permitted", title=_("You may not do this.")), {}
        case exceptions.ValidationError():
            faults = list(_flatten(exception.detail))
            return problem(status=422, code="invalid_input", title=str(InvalidInput.message), errors=faults), {}
        case exceptions.APIException():
            return _api_body(exception)
    return None, {}


def _fault(fault: FieldError, place: str) -> dict[str, str]:
    where = fault.path if place == "header" or not fault.path else f"/{fault.path}"
    return {place: where, "code": fault.code, "detail": str(fault.message)}


def _api_body(exception: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers: dict[str, str] = {}
    if getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = exception.auth_header  # type: ignore[attr-defined]
    wait = getattr(exception, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    code = str(exception.get_codes()) if isinstance(exception.get_codes(), str) else exception.default_code
    return problem(status=exception.status_code, code=code, title=str(exception.detail)), headers


def _flatten(detail: Any, pointer: str = "") -> Any:
    """DRF's nested error lists as a flat list of pointers."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _flatten(value, pointer if key == "non_field_errors" else f"{pointer}/{key}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _flatten(value, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """For addresses under the API that lead nowhere."""
    body = problem(status=404, code="not_found", title=_("There is nothing here."))
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)
