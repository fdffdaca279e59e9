"""Error pages: what happened in plain words, that nothing was lost, and the way out."""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

log = structlog.get_logger(__name__)

# status -> heading, explanation
PAGES: dict[int, tuple[str | Promise, str | Promise]] = {
    400: (_("We could not read this request"), _("Something in the address or the form was damaged on the way. Go back and try once more.")),
    403: (_("This page is not open to you"), _("You may be signed in with the wrong capacity, or the matter belongs to somebody else.")),
    404: (_("There is no such page"), _("The address may be mistyped, or the page was moved. Say what you need and we find it.")),
    405: (_("This page cannot be used like that"), _("Go back and use the buttons of the page.")),
    409: (_("This changed meanwhile"), _("Somebody, perhaps you in another window, was faster. Look at the present state and try again.")),
    413: (_("This is too large to send"), _("Take a smaller picture or fewer files. What you had saved before is kept.")),
    422: (_("Some answers need your attention"), _("Go back, mend what is named below and send it again.")),
    429: (_("Too many attempts"), _("To protect accounts we count attempts. Wait 15 minutes and try again.")),
    500: (_("A fault on our side"), _("It has been recorded and somebody looks at it. What you had saved is kept.")),
    503: (_("This part is resting"), _("It does not answer right now. Nothing was lost; try again in a few minutes.")),
}  # fmt: skip


def error_page(
    request: HttpRequest,
    *,
    status: int,
    code: str = "",
    message: Any = "",
    way_out: Any = "",
) -> HttpResponse:
    """The designed page of ``status``. Falls back to the bare page when even this one cannot be drawn."""
    title, text = PAGES.get(status, PAGES[400 if status < 500 else 500])
    context = {
        "status": status,
        "code": code,
        "title": title,
        "text": text,
        "message": str(message) if message else "",
        "way_out": str(way_out) if way_out else "",
        "faults": getattr(message, "faults", ()),
        "request_id": getattr(getattr(request, "actor", None), "request_id", ""),
    }
    try:
        body = loader.render_to_string("errors/error.html", context, request)
    except Exception:
        log.exception("error_page_failed", status=status)
        body = loader.render_to_string("errors/bare.html", {"status": status, "title": title, "text": text})
    return HttpResponse(body, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses before a view could; a program that calls the API is answered as one (RFC 9457)."""
    status, code = (413, "too_large") if isinstance(exception, RequestDataTooBig) else (400, "bad_request")
    if not request.path.startswith("/api/"):
        return error_page(request, status=status, code=code)
    problem = {"type": f"urn:egov:problem:{code}", "code": code, "title": str(PAGES[status][0]), "status": status}
    return JsonResponse(problem, status=status, content_type="application/problem+json")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=403, code="not_permitted")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Draws without database, session or user: whatever broke may be one of them."""
    title, text = PAGES[500]
    return HttpResponse(
        loader.render_to_string("errors/bare.html", {"status": 500, "title": title, "text": text}), status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        status=403,
        code="csrf",
        message=_(
            "This form was open too long, or cookies are switched off. Go back, reload the page and send it again."
        ),
    )


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return error_page(request, status=429, code="too_many_attempts")
