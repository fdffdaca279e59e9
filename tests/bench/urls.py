"""The product's addresses, and the limits it is measured against."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from egov.kernel import clock
from egov.routing.models import Need
from egov.urls import handler400, handler403, handler404, handler500  # noqa: F401
from egov.urls import urlpatterns as product

OFFERED = [{"kind": "service", "code": f"S{n:03d}", "score": 0.5} for n in range(8)]


def trivial(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@csrf_exempt
def orm_rows(request: HttpRequest, rows: int) -> HttpResponse:
    """``rows`` rows through the ORM, one by one, in one transaction."""
    with transaction.atomic():
        for n in range(rows):
            Need.objects.create(text=f"yardstick {n}", language="en", region="990102", offered=OFFERED, at=clock.now())
    return HttpResponse("ok")


urlpatterns = [
    path("bench/trivial", trivial),
    path("bench/orm/<int:rows>", orm_rows),
    *product,
]
