"""The inbox of notices."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, subjects
from egov.notices import actions, queries
from egov.notices.models import Notice
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb
from portals.shared.mandated import notices_in_reach
from portals.shared.paging import page_of


def _inbox(actor: Actor) -> QuerySet[Notice]:
    return notices_in_reach(actor, queries.inbox(actor))


@applicant_page
@require_http_methods(["GET", "POST"])
def inbox(request: ApplicantRequest, capacity: str) -> HttpResponse:
    if request.method == "POST":
        unread = _inbox(request.actor).filter(read_at__isnull=True).values_list("pk", flat=True)
        actions.mark_read(request.actor, notice_ids=list(unread[:1000]))
        return redirect("citizen:notices", capacity=capacity)
    page = page_of(request, _inbox(request.actor), order=("-id",), size=25)
    context = {"page": page, "crumbs": [home_crumb(capacity), Crumb(_("Notices"))]}
    return render(request, "applicant/notices.html", context)


@applicant_page
@require_GET
def notice(request: ApplicantRequest, capacity: str, pk: int) -> HttpResponse:
    """One notice; opening it marks it as read."""
    found = get_object_or_404(_inbox(request.actor), pk=pk)
    if found.read_at is None:
        actions.mark_read(request.actor, notice_ids=[pk])
    subject = Ref.parse(found.subject)
    known = subjects.find(subject.kind)
    context = {
        "notice": found,
        "subject_url": known.url(subject, request.actor) if known else None,
        "crumbs": [home_crumb(capacity), Crumb(_("Notices"))],
    }
    return render(request, "applicant/notice.html", context)
