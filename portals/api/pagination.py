"""Keyset pagination: no page number, no count, the same cost on page one and page ten thousand."""

from typing import Any

from rest_framework.pagination import CursorPagination


class Keyset(CursorPagination):
    """``?cursor=…&limit=…``; newest first. ``limit`` is 50 unless told, 200 at most."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-id"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri"},
                "previous": {"type": ["string", "null"], "format": "uri"},
                "results": schema,
            },
        }
