"""The inbox: what is to be done, by when; claiming, passing on, giving back, one row or many."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from egov.catalogue import queries as catalogue
from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, InvalidInput, NotFound, Text
from egov.kernel.text import localise, whole_number
from egov.work import actions, queries
from egov.work.queries import InboxFilters, InboxPage
from portals.shared.components import Field, Option, Tab
from portals.shared.requests import SignedInRequest
from portals.staff import keys
from portals.staff.access import civil_servants
from portals.staff.worklist import kind_name, lines_of

VIEWS: dict[str, Text] = {
    "mine": gettext_lazy("Mine"),
    "unit": gettext_lazy("To be claimed"),
    "overdue": gettext_lazy("Overdue"),
    "waiting": gettext_lazy("Waiting"),
    "cover": gettext_lazy("I stand in for"),
    "team": gettext_lazy("The unit"),
    "done": gettext_lazy("Done"),
}
DUE: dict[str, Text] = {
    "": gettext_lazy("any time"),
    "overdue": gettext_lazy("overdue"),
    "today": gettext_lazy("today"),
    "week": gettext_lazy("within a week"),
    "none": gettext_lazy("without a deadline"),
}
SORTS: dict[str, Text] = {
    "due": gettext_lazy("nearest deadline first"),
    "newest": gettext_lazy("newest first"),
}
# What each view says when there is nothing in it, and what to do then.
QUIET: dict[str, tuple[Text, Text]] = {
    "mine": (gettext_lazy("Nothing is in your hands."), gettext_lazy("See what waits to be claimed.")),
    "unit": (
        gettext_lazy("Nothing waits to be claimed."),
        gettext_lazy("All work of your unit is in somebody's hands."),
    ),
    "overdue": (gettext_lazy("Nothing is overdue."), gettext_lazy("Every deadline of yours is kept so far.")),
    "waiting": (
        gettext_lazy("Nothing waits for others."),
        gettext_lazy("Work whose clock stands still would be shown here."),
    ),
    "cover": (gettext_lazy("You stand in for nobody."), gettext_lazy("Deputies are named on the page of the team.")),
    "team": (gettext_lazy("The unit has nothing to do."), ""),
    "done": (gettext_lazy("You have finished nothing yet."), ""),
}
MOST_AT_ONCE = 50


@require_GET
@civil_servants
def inbox(request: SignedInRequest, capacity: str) -> HttpResponse:
    actor: Actor = request.actor
    filters = InboxFilters.read(request.GET)
    page = queries.inbox_page(actor, filters, after=request.GET.get("after", ""))
    filtered = bool(filters.due or filters.kind or filters.topic or filters.text or filters.assignee)
    context = {
        "tabs": _tabs(filters, page),
        "lines": lines_of(actor, page.rows),
        "page": page,
        "filters": filters,
        "fields": _fields(filters, page),
        "filtered": filtered,
        "clear_url": f"?view={filters.view}",
        "quiet": QUIET[filters.view],
        "total": page.counts.get(filters.view, 0),
        "standing": page.standing,
        "leads": queries.leads(actor),
        "colleagues": queries.colleagues(actor.unit_id) if page.rows and filters.view != "done" else [],  # type: ignore[arg-type]
        "keys": keys.INBOX,
    }
    return render(request, "staff/inbox.html", context)


def _tabs(filters: InboxFilters, page: InboxPage) -> list[Tab]:
    return [
        Tab(
            title,
            f"?view={view}",
            current=view == filters.view,
            count=page.counts.get(view),
            alarm=view == "overdue",
            key=str(number),
        )
        for number, (view, title) in enumerate(VIEWS.items(), 1)
        if view != "cover" or page.counts["cover"] or filters.view == "cover"
    ]


def _fields(filters: InboxFilters, page: InboxPage) -> list[Field]:
    names = catalogue.published_many(page.topics)
    topics = {code: localise(names[code].name) if code in names else code for code in page.topics}
    kinds = {kind: kind_name(kind) for kind in page.kinds}
    anything: dict[str, Text] = {"": _("all")}
    fields = [
        Field("view", "", widget="hidden", value=filters.view),
        Field("q", _("Name or number"), value=filters.text, attributes={"data-key": "f"}),
        _choice("due", _("Due"), DUE, filters.due),
        _choice("topic", _("Service"), {**anything, **topics}, filters.topic),
        _choice("kind", _("Step"), {**anything, **kinds}, filters.kind),
    ]
    if filters.view != "done":
        fields.append(_choice("sort", _("Order"), SORTS, filters.sort))
    if filters.assignee:
        fields.append(Field("assignee", "", widget="hidden", value=str(filters.assignee)))
    return fields


def _choice(name: str, label: str, options: Mapping[str, Text], chosen: str) -> Field:
    return Field(
        name,
        label,
        widget="select",
        options=[Option(value, text, checked=value == chosen) for value, text in options.items()],
    )


# --- Acts on items, one or many -----------------------------------------------------------------------


def _claim(actor: Actor, item: int, post: Mapping[str, Any]) -> None:
    actions.claim(actor, item_id=item)


def _give_back(actor: Actor, item: int, post: Mapping[str, Any]) -> None:
    actions.give_back(actor, item_id=item, note=post.get("note", "").strip()[:500])


def _pass_on(actor: Actor, item: int, post: Mapping[str, Any]) -> None:
    colleague = post.get("post", "")
    if whole_number(colleague) is None:
        raise InvalidInput.at("post", "required", _("Choose a colleague."))
    actions.pass_on(actor, item_id=item, post_id=int(colleague), note=post.get("note", "").strip()[:500])


ITEM_ACTS: dict[str, Callable[[Actor, int, Mapping[str, Any]], None]] = {
    "claim": _claim,
    "give-back": _give_back,
    "pass-on": _pass_on,
}


def _done(act: str, count: int) -> str:
    told = {
        "claim": ngettext("%(n)d item is yours now.", "%(n)d items are yours now.", count),
        "give-back": ngettext("%(n)d item went back to the unit.", "%(n)d items went back to the unit.", count),
        "pass-on": ngettext("%(n)d item was passed on.", "%(n)d items were passed on.", count),
    }
    return told[act] % {"n": count}


@require_POST
@civil_servants
def items_act(request: SignedInRequest, capacity: str) -> HttpResponse:
    """One button of a row (``claim=17``) or one act on all chosen rows (``act=claim&item=17&item=18``).

    Each item is an act of its own: those that are refused are told with the reason, the others are done.
    """
    act, items = _asked(request.POST)
    if not items:
        messages.error(request, _("Choose at least one row first."))
        return redirect(_back(request, capacity))
    refused: dict[str, int] = {}
    for item in items:
        try:
            ITEM_ACTS[act](request.actor, item, request.POST)
        except EgovError as error:
            reason = str(error.faults[0].message if isinstance(error, InvalidInput) else error)
            refused[reason] = refused.get(reason, 0) + 1
    done = len(items) - sum(refused.values())
    if done:
        messages.success(request, _done(act, done))
    for reason, count in refused.items():
        messages.error(
            request, reason if len(items) == 1 else _("%(n)d not done: %(reason)s") % {"n": count, "reason": reason}
        )
    return redirect(_back(request, capacity))


def _asked(post: Any) -> tuple[str, list[int]]:
    for act in ITEM_ACTS:
        item = whole_number(post.get(act, ""))
        if item is not None:
            return act, [item]
    act = post.get("act", "")
    if act not in ITEM_ACTS:
        raise NotFound()
    chosen = (whole_number(each) for each in dict.fromkeys(post.getlist("item")))
    return act, [each for each in chosen if each is not None][:MOST_AT_ONCE]


def _back(request: SignedInRequest, capacity: str) -> str:
    """The list as it was; nowhere else."""
    home = reverse("staff:inbox", args=[capacity])
    back = request.POST.get("next", "")
    return back if back.startswith(home) and "//" not in back and "\\" not in back else home


@require_POST
@civil_servants
def claim_next(request: SignedInRequest, capacity: str) -> HttpResponse:
    """The most urgent item of the unit comes into the officer's hands and opens."""
    try:
        item = actions.claim_next(request.actor)
    except EgovError as error:
        messages.info(request, str(error))
        return redirect(reverse("staff:inbox", args=[capacity]))
    (line,) = lines_of(request.actor, queries.rows_of(request.actor, [item]))
    messages.success(request, _done("claim", 1))
    return redirect(line.url or reverse("staff:inbox", args=[capacity]))
