"""Words people say, and a try of what a need leads to."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from egov.kernel.text import language_tag
from egov.routing import actions, queries
from portals.console import forms
from portals.console.access import administrators
from portals.console.views.acting import form_page, posted


@require_http_methods(["GET", "POST"])
@administrators
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:500]
    tried = (
        queries.match_need(text, language=language_tag(), region=request.actor.region_code, capacity="")
        if text
        else None
    )
    form = forms.SynonymForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.add_synonym(request.actor, **data),
        template="console/routing.html",
        context={"tried": tried, "text": text, "synonyms": queries.synonyms()},
        done=_("The word is known within a minute."),
        back=reverse("console:routing", args=[capacity]),
    )


@require_POST
@administrators
def remove_synonym(request: HttpRequest, capacity: str, pk: int) -> HttpResponse:
    return posted(
        request,
        act=lambda: actions.remove_synonym(request.actor, synonym_id=pk),
        done=_("The word is removed."),
        back=reverse("console:routing", args=[capacity]),
    )
