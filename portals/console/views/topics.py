"""Topics: words too general for one service, and the question that is asked back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.kernel.errors import NotFound
from egov.kernel.text import localise
from egov.routing import actions
from egov.routing import queries as routing
from egov.routing.models import Topic
from portals.console.access import ConsoleRequest, platform_administrators
from portals.console.dictionary_forms import NewTopicForm, TopicForm
from portals.console.forms import ExampleForm
from portals.console.views.acting import crumbs, form_page, posted, posted_to, url
from portals.shared.components import Crumb


@require_GET
@platform_administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    rows = list(Topic.objects.order_by("key"))
    counts = routing.example_counts([f"{routing.TOPIC}{row.key}" for row in rows])
    lines = [(row, counts.get(f"{routing.TOPIC}{row.key}", 0)) for row in rows]
    return render(request, "console/topics.html", {"lines": lines, "crumbs": _above(request)})


@require_http_methods(["GET", "POST"])
@platform_administrators
def new(request: ConsoleRequest, capacity: str) -> HttpResponse:
    form = NewTopicForm(posted_to(request))
    return form_page(
        request,
        form=form,
        act=lambda data: actions.save_topic(request.actor, key=data["key"], **form.topic()),
        context={
            "title": _("A new topic"),
            "lead": _("First the question. On the next page come the words after which it is asked."),
            "submit": _("Go on to its words"),
            "wide": True,
            "crumbs": _above(request, (_("Topics"), url(request, "topics"))),
        },
        done=_("Kept."),
        back=url(request, "topics"),
        next_page=lambda row: url(request, "topic", row.key),
    )


@require_http_methods(["GET", "POST"])
@platform_administrators
def detail(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    """The question with its answers, and the words after which it is asked; a word is added here."""
    row = _topic(key)
    form = ExampleForm(posted_to(request))
    form.fields["text"].label = _("A word, or a sentence")
    return form_page(
        request,
        form=form,
        act=lambda data: actions.add_example(request.actor, target=f"{routing.TOPIC}{key}", text=data["text"]),
        template="console/topic.html",
        context={
            "topic": row,
            "examples": routing.examples_of(f"{routing.TOPIC}{key}")[:300],
            "crumbs": _above(request, (_("Topics"), url(request, "topics"))),
        },
        done=_("The sentence leads here from now on."),
        back=url(request, "topic", key),
    )


@require_http_methods(["GET", "POST"])
@platform_administrators
def edit(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    row = _topic(key)
    form = TopicForm(posted_to(request), initial={**TopicForm.initial_of(row), "was": actions.topic_digest(row)})

    def act(data: dict[str, Any]) -> Topic:
        return actions.save_topic(request.actor, key=key, was=data["was"], **form.topic())

    return form_page(
        request,
        form=form,
        act=act,
        places={"question": "question_zh"},
        context={
            "title": localise(row.question),
            "submit": _("Keep"),
            "wide": True,
            "crumbs": _above(request, (_("Topics"), url(request, "topics")), (key, url(request, "topic", key))),
        },
        done=_("Kept."),
        back=url(request, "topic", key),
    )


@require_POST
@platform_administrators
def remove(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    return posted(
        request,
        act=lambda: actions.remove_topic(request.actor, key=key),
        done=_("The topic is removed."),
        back=url(request, "topics"),
    )


@require_POST
@platform_administrators
def remove_example(request: ConsoleRequest, capacity: str, key: str, pk: int) -> HttpResponse:
    return posted(
        request,
        act=lambda: actions.remove_example(request.actor, example_id=pk),
        done=_("The sentence is removed."),
        back=url(request, "topic", key),
    )


def _topic(key: str) -> Topic:
    row = Topic.objects.filter(key=key).first()
    if row is None:
        raise NotFound()
    return row


def _above(request: ConsoleRequest, *more: tuple[Any, str]) -> list[Crumb]:
    return crumbs(request, (_("Words"), url(request, "words")), *more)
