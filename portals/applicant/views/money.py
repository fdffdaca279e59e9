"""Bills: what is owed and why, two ways to pay, receipts and refunds."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from egov.kernel.errors import EgovError, NotFound
from egov.kernel.text import localise
from egov.payments import actions, queries
from egov.payments.models import Bill
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb, Option
from portals.shared.mandated import bills_in_reach
from portals.shared.paging import page_of


@applicant_page
@require_GET
def bills(request: ApplicantRequest, capacity: str) -> HttpResponse:
    rows = bills_in_reach(request.actor, queries.bills_of(request.actor.applicant_id))
    page = page_of(request, rows, order=("-id",), size=20)
    context = {"page": page, "crumbs": [home_crumb(capacity), Crumb(_("Bills"))]}
    return render(request, "applicant/bills.html", context)


def _own(request: ApplicantRequest, reference: str) -> Bill:
    if not bills_in_reach(request.actor, queries.bills_of(request.actor.applicant_id)).filter(reference=reference):
        raise NotFound
    return queries.bill(reference)


@applicant_page
@require_GET
def bill(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """One bill, itemised; also where the gateway sends people back to."""
    found = _own(request, reference)
    context = {
        "bill": found,
        "ways": [Option(way.value, localise(way.name), localise(way.gateway)) for way in queries.ways_to_pay()],
        "receipt": queries.receipt_of(found.pk),
        "refunds": queries.refunds_of(found.pk),
        "returned": "returned" in request.GET,
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("Bills"), reverse("citizen:bills", kwargs={"capacity": capacity})),
            Crumb(reference),
        ],
    }
    return render(request, "applicant/bill.html", context)


@applicant_page
@require_POST
def pay(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """On to the gateway; it tells the platform, and sends the person back."""
    _own(request, reference)
    gateway, _colon, method = request.POST.get("way", "").partition(":")
    back = settings.PUBLIC_URL + reverse("citizen:bill", kwargs={"capacity": capacity, "reference": reference})
    try:
        url = actions.start_payment(
            request.actor, bill=reference, gateway=gateway, method=method, return_url=f"{back}?returned=1"
        )
    except EgovError as error:
        messages.error(request, str(error))
        return redirect("citizen:bill", capacity=capacity, reference=reference)
    return HttpResponseRedirect(url)
