"""Help at the desk: the way of a case, what each part of the desk is for, all keys."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portals.shared.requests import SignedInRequest
from portals.staff import keys
from portals.staff.access import civil_servants


@require_GET
@civil_servants
def desk_help(request: SignedInRequest, capacity: str) -> HttpResponse:
    groups = [(_("In the inbox"), keys.INBOX), (_("On a case"), keys.CASE)]
    return render(request, "staff/help.html", {"groups": groups})
