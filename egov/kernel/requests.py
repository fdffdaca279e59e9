"""What surrounds every request: its id, its line in the log, its figures, the caller's address, security headers."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from egov.kernel import metrics

logger = structlog.get_logger("egov.request")

GetResponse = Callable[[HttpRequest], HttpResponse]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

# Nothing that a page here does not use; the camera is for photos of documents.
PERMISSIONS_POLICY = ", ".join(
    [
        "camera=(self)",
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "browsing-topics",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "usb",
                "xr-spatial-tracking",
            )
        ),
    ]
)


class RequestMiddleware:
    """First of all middleware. ``request.request_id`` is the id that logs, journal, outbox and answer carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.proxies: int = settings.EGOV_TRUSTED_PROXIES

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        if self.proxies:
            self._trust_proxies(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
            response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            self._record(request, response, time.perf_counter() - began)
        finally:
            structlog.contextvars.clear_contextvars()
        return response

    def _trust_proxies(self, request: HttpRequest) -> None:
        """The caller's address as the outermost of our own proxies saw it; what stands before it can be forged."""
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= self.proxies:
            request.META["REMOTE_ADDR"] = hops[-self.proxies]

    def _record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        view = (match.view_name or match.route) if match else "none"
        method = request.method if request.method in _METHODS else "other"
        metrics.requests.labels(method, view, response.status_code).inc()
        metrics.request_seconds.labels(view).observe(seconds)
        # No query string and no account name: they are about people.
        logger.info(
            "request",
            method=method,
            path=request.path,
            view=view,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
