"""What every operation of the OpenAPI document has in common."""

from typing import Any

from portals.api.problems import MEDIA_TYPE
from portals.api.samples import sample

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `type` and `code` are stable; `title` and `detail` are for people, in their language.",
    "required": ["type", "code", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "way_out": {"type": "string", "description": "What the person can do now."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}

_PROBLEMS = {
    "401": "Not logged in, or the access token opens nothing here.",
    "403": "Not permitted in this capacity, or beyond the token's scope.",
    "404": "Nothing here, or not yours to see.",
    "409": "Not possible in the present state, or somebody was faster.",
    "412": "The state named in If-Match is not the present one.",
    "422": "Faults in the request; `errors` names each.",
    "429": "Too many requests; Retry-After says when to go on.",
}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Hook of drf-spectacular: the problems that an operation may answer with, and what all answers carry."""
    result["components"]["schemas"]["Problem"] = {**PROBLEM, "examples": [sample("problem").value]}
    for address, methods in result["paths"].items():
        for method, operation in methods.items():
            for status in _statuses(address, method, operation):
                content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                operation["responses"].setdefault(status, {"description": _PROBLEMS[status], "content": content})
    return result


def _statuses(address: str, method: str, operation: dict[str, Any]) -> list[str]:
    found = ["429"]
    if "/as/" in address or address.endswith(("/session", "/capacities")):
        found += ["401", "403"]
    if "{" in address:
        found.append("404")
    if method != "get":
        found.append("422")
        if "/as/" in address:
            found.append("409")
    if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
        found.append("412")
    return sorted(found)
