"""One way to turn a posted form into an action and its errors back into the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from egov.kernel.errors import EgovError, InvalidInput


def form_page(
    request: HttpRequest,
    *,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    template: str,
    context: dict[str, Any],
    done: str | Promise,
    back: str,
) -> HttpResponse:
    """Show ``form``; on a valid post call ``act`` with its data, say ``done`` and go ``back``.

    A typed error of the action stands at its field, or above the form; nothing typed is lost.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except InvalidInput as error:
            for fault in error.faults:
                form.add_error(fault.path if fault.path in form.fields else None, str(fault.message))
        except EgovError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, str(done))
            return redirect(back)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)


def posted(request: HttpRequest, *, act: Callable[[], Any], done: str | Promise, back: str) -> HttpResponse:
    """Call ``act`` for a button that was pressed; its error is shown on the page one comes ``back`` to."""
    try:
        act()
    except EgovError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    return redirect(back)
