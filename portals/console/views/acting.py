"""One way to turn a posted form into an action and its errors back into the form; one way to say where a page is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from egov.catalogue.rules import UNANSWERABLE
from egov.identity import queries as identity
from egov.kernel.errors import DefinitionChanged, EgovError, FieldError, InvalidInput, NotFound, NotPermitted
from portals.console.access import ConsoleRequest
from portals.shared.components import Crumb

Text = str | Promise


def url(request: ConsoleRequest, name: str, *args: Any) -> str:
    """The address of a page of the console in the capacity of this request."""
    return reverse(f"console:{name}", args=[request.actor.capacity, *args])


def crumbs(request: ConsoleRequest, *above: tuple[Text, str]) -> list[Crumb]:
    """The way to this page: the overview, then ``above`` (title and address)."""
    return [Crumb(_("Overview"), url(request, "home")), *(Crumb(title, address) for title, address in above)]


def posted_to(request: ConsoleRequest) -> QueryDict | None:
    """What a form of this page is bound to: nothing while it is only shown."""
    return request.POST if request.method == "POST" else None


def revision_read(request: ConsoleRequest) -> int | None:
    """The revision that the page was made from which is posted here."""
    value = request.POST.get("_revision", "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def form_page(
    request: ConsoleRequest,
    *,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    context: dict[str, Any],
    done: Text | Callable[[Any], Text],
    back: str,
    template: str = "console/form.html",
    next_page: Callable[[Any], str] | None = None,
    places: Mapping[str, str] | None = None,
    revision: int | None = None,
) -> HttpResponse:
    """Show ``form``; on a valid post call ``act`` with its data, say ``done`` (of its result) and go ``back``, or to
    the ``next_page`` of its result.

    A typed error of the action stands at its field, or above the form; nothing typed is lost. Whoever may not act at
    all gets the page that says so. ``places``: the form is about a part of a definition, so that a fault stands at the
    innermost part of its path that the form asks for, by these names. ``revision``: of what the form was made from; when
    somebody changed it since, the page says who and what stands there now, and keeps what was typed.
    """
    read = revision_read(request)
    standing: Sequence[tuple[Text, str]] = ()
    if request.method == "POST" and form.is_valid():
        try:
            result = act(form.cleaned_data)
        except InvalidInput as error:
            _put(form, error if places is None else _within(form, error, places))
        except DefinitionChanged as error:
            form.add_error(None, sentence(error))
            standing, read = _standing(form), revision
        except EgovError as error:
            _raise_if_denied(error)
            form.add_error(None, sentence(error))
        else:
            messages.success(request, str(done(result) if callable(done) else done))
            return redirect(next_page(result) if next_page else back)
    status = 422 if form.is_bound and form.errors else 200
    shown = {"form": form, "revision": revision if read is None else read, "standing": standing}
    return render(request, template, {"back": back, **context, **shown}, status=status)


def posted(
    request: ConsoleRequest, *, act: Callable[[], Any], done: Text | Callable[[Any], Text], back: str
) -> HttpResponse:
    """Call ``act`` for a button that was pressed; its error is shown on the page one comes ``back`` to."""
    try:
        result = act()
    except InvalidInput as error:
        for fault in error.faults:
            messages.error(request, _located(fault))
    except EgovError as error:
        _raise_if_denied(error)
        messages.error(request, sentence(error))
    else:
        messages.success(request, str(done(result) if callable(done) else done))
    return redirect(back)


def _raise_if_denied(error: EgovError) -> None:
    if isinstance(error, NotFound) or (isinstance(error, NotPermitted) and error.code == NotPermitted.code):
        raise error


def _standing(form: forms.Form) -> list[tuple[Text, str]]:
    """What stands now where something else was typed: name of the field and its value in words."""
    changed = (form[name] for name in form.changed_data if not form[name].is_hidden)
    return [(bound.label, _words(bound)) for bound in changed if _lines(bound.value()) != _lines(bound.initial)]


def _lines(value: Any) -> Any:
    """A text without how the browser ends its lines."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _words(bound: forms.BoundField) -> str:
    values = bound.initial if isinstance(bound.initial, list | tuple) else [bound.initial]
    names = {str(key): str(name) for key, name in getattr(bound.field, "choices", ())}
    return ", ".join(names.get(str(each), str(each)) for each in values if each not in (None, "")) or "—"


def sentence(error: EgovError) -> str:
    """What went wrong and the way out; of a change meanwhile, who made it."""
    if isinstance(error, DefinitionChanged) and error.by is not None:
        name = identity.names_of({error.by}).get(error.by, "")
        return " ".join(
            filter(None, (str(error), _("The last change is by %(name)s.") % {"name": name} if name else ""))
        )
    return f"{error} {error.way_out}" if error.way_out else str(error)


def _put(form: forms.Form, error: InvalidInput) -> None:
    for fault in error.faults:
        name = FIELDS.get(fault.path, fault.path)
        if name in form.fields:
            form.add_error(name, str(fault.message))
        else:
            form.add_error(None, _located(fault))


def _within(form: forms.Form, error: InvalidInput, places: Mapping[str, str]) -> InvalidInput:
    def at(fault: FieldError) -> FieldError:
        names = (places.get(part, part) for part in reversed(fault.path.split("/")))
        return FieldError(next((name for name in names if name in form.fields), ""), fault.code, fault.message)

    return InvalidInput(map(at, error.faults))


# Where an action's argument stands in the forms of the console.
FIELDS = {
    "region_code": "region",
    "name": "name_zh",
    "full_name": "name_zh",
    "parent_key": "parent",
    "unit_id": "unit",
    "person_id": "username",
    "last_day": "day",
    "successor_id": "successor",
}


def _located(fault: FieldError) -> str:
    """With its place, unless the message says whose fault it is."""
    told = not fault.path or fault.code == UNANSWERABLE
    return str(fault.message) if told else f"{fault.path}: {fault.message}"
