"""The front page: one sentence and one large box, what was begun, what happens in life and business, how we did."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, VersionState
from egov.identity import queries as identity
from egov.intake import queries as intake
from egov.kernel import clock
from egov.kernel.errors import NotPermitted
from egov.matters import queries as matters
from egov.matters.models import Matter, MatterState, MemberState
from egov.measures import queries as measures
from portals.public import examples, figures
from portals.public.views.catalogue import MODES
from portals.shared.templatetags.egov_ui import local_datetime_plain, localised_plain

RESUMED = 4


@dataclass(frozen=True)
class Begun:
    """A draft or an open matter, to go on with."""

    title: str
    note: str
    url: str
    share: float | None  # per cent done
    draft: bool


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    offered = Event.objects.filter(withdrawn_at__isnull=True)
    events = offered.annotate(
        members=Count(
            "services",
            filter=Q(services__enabled=True, services__versions__state=VersionState.PUBLISHED),
            distinct=True,
        )
    ).order_by("order", "code")
    found = list(events.filter(kind__in=["life", "business"]))
    return render(
        request,
        "public/front.html",
        {
            "examples": examples.examples(today=clock.today()),
            "begun": _begun(request),
            "life_events": [event for event in found if event.kind == "life"],
            "business_events": [event for event in found if event.kind == "business"],
            "service_count": catalogue.services().filter(service__mode__in=MODES).count(),
            "figures": figures.front(),
            "figures_at": measures.computed_at(),
        },
    )


def _begun(request: HttpRequest) -> list[Begun]:
    """For whoever is signed in as themselves: drafts first, then matters under way."""
    if not request.user.is_authenticated:
        return []
    try:
        actor = identity.actor_for(request.user, "self")
    except NotPermitted:
        return []
    drafts = [
        Begun(
            title=localised_plain(draft.title),
            note=_("Draft, saved %(at)s") % {"at": local_datetime_plain(draft.saved_at)},
            url=reverse("citizen:draft", args=["self", draft.reference]),
            share=None,
            draft=True,
        )
        for draft in intake.drafts_of(actor)[:RESUMED]
    ]
    under_way = matters.matters_of(actor).filter(state=MatterState.OPEN)[: RESUMED - len(drafts)]
    return drafts + [
        Begun(
            title=localised_plain(matter.title),
            note=_("Under way, sent %(at)s") % {"at": local_datetime_plain(matter.opened_at)},
            url=reverse("citizen:matter", args=["self", matter.reference]),
            share=_share(matter),
            draft=False,
        )
        for matter in under_way
    ]


def _share(matter: Matter) -> int:
    """Per cent of the members that are done."""
    members = list(matter.members.all())
    done = sum(member.state == MemberState.DONE for member in members)
    return round(100 * done / len(members)) if members else 0
