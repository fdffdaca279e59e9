"""Lists by keyset, as on the pages: no page number, no count, the same cost on page one and page ten thousand."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from egov.kernel.errors import InvalidInput
from portals.api.serializers.base import Shown, drawn
from portals.shared.paging import Page, page_of

PAGE, MOST = 50, 200

PARAMETERS = [
    OpenApiParameter("limit", int, description=f"Rows a page: {PAGE} unless told, {MOST} at most."),
    OpenApiParameter("after", str, description="Cursor of the following page; take it from `next`."),
    OpenApiParameter("before", str, description="Cursor of the page before; take it from `previous`."),
]


def limit_of(request: Request) -> int:
    text = request.query_params.get("limit", "")
    if not text:
        return PAGE
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) > 0):
        raise InvalidInput.at("limit", "number", f"1 – {MOST}")
    return min(int(text), MOST)


def page(request: Request, rows: QuerySet[Any], *, order: Sequence[str] = ("-id",)) -> Page[Any]:
    return page_of(request._request, rows, order=order, size=limit_of(request))


def answer(
    request: Request, shape: type[Shown], found: Page[Any], draw: Callable[[Any], Any] | None = None
) -> Response:
    """``draw`` makes of each row what ``shape`` shows."""
    rows = [draw(row) for row in found.items] if draw else found.items
    return Response(envelope(request, drawn(shape, rows), found.next_url, found.previous_url))


def envelope(request: Request, results: list[Any], following: str = "", before: str = "") -> dict[str, Any]:
    return {
        "results": results,
        "next": request.build_absolute_uri(following) if following else None,
        "previous": request.build_absolute_uri(before) if before else None,
    }
