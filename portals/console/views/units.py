"""Units and the people who hold posts in them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.catalogue import queries as catalogue
from egov.identity import actions, queries
from egov.identity.models import Unit
from egov.kernel.clock import today
from egov.work import queries as work
from portals.console import forms, readable
from portals.console.access import ConsoleRequest, administrators, department_of, unit_of
from portals.console.views.acting import crumbs, form_page, posted_to, url


@require_GET
@administrators
def detail(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    unit = unit_of(request, key)
    context = {
        "unit": unit,
        "posts": queries.posts_in(unit.pk, on=today()).prefetch_related("roles"),
        "past": queries.past_posts(unit.pk),
        "roles": readable.role_names(),
        "open_work": work.open_in_unit(unit.pk),
        "competences": readable.with_functions(
            catalogue.competences_in(queries.Scope(frozenset({unit.department_id}))).filter(unit=unit)
        ),
        "changes": readable.changes_of(unit),
        "crumbs": _above(request, unit)[:-1],
    }
    return render(request, "console/unit.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def open_unit(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    form = forms.UnitForm(posted_to(request), initial={"key": f"{department.key}."})
    return form_page(
        request,
        form=form,
        act=lambda data: actions.open_unit(
            request.actor,
            department_id=department.pk,
            key=data["key"],
            name=forms.both(data, "name"),
            region_code=data["region"],
            phone=data["phone"],
            is_service_hall=data["is_service_hall"],
        ),
        context={
            "title": _("Open a unit"),
            "subject": department.full_name,
            "submit": _("Open the unit"),
            "crumbs": crumbs(
                request,
                (_("Departments"), url(request, "departments")),
                (readable.text(department.full_name), url(request, "department", key)),
            ),
        },
        done=_("The unit is open. Appoint somebody to it, then give it services."),
        back=url(request, "unit", form.data.get("key", "")) if form.is_valid() else url(request, "department", key),
    )


@require_http_methods(["GET", "POST"])
@administrators
def change(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    unit = unit_of(request, key)
    form = forms.ChangeUnitForm(posted_to(request), initial=forms.ChangeUnitForm.of(unit))
    return form_page(
        request,
        form=form,
        act=lambda data: actions.change_unit(
            request.actor,
            unit_id=unit.pk,
            name={**unit.name, **forms.both(data, "name")},
            region_code=data["region"],
            phone=data["phone"],
            is_service_hall=data["is_service_hall"],
        ),
        context={"title": _("Change the unit"), "subject": unit.name, "crumbs": _above(request, unit)},
        done=_("Changed. Pages show it at once."),
        back=url(request, "unit", key),
    )


@require_http_methods(["GET", "POST"])
@administrators
def close(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    unit = unit_of(request, key)
    return form_page(
        request,
        form=forms.CloseUnitForm(posted_to(request), unit=unit),
        act=lambda data: actions.close_unit(
            request.actor,
            unit_id=unit.pk,
            successor_id=data["successor"],
        ),
        context={
            "title": _("Close the unit"),
            "subject": unit.name,
            "lead": _("New cases go to the next competent unit at once. Say who takes what lies here."),
            "submit": _("Close the unit"),
            "danger": True,
            "crumbs": _above(request, unit),
        },
        done=_("The unit is closed; new cases go to the next competent one."),
        back=url(request, "unit", key),
    )


@require_http_methods(["GET", "POST"])
@administrators
def appoint(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    unit = unit_of(request, key)
    scope = request.scope
    form = forms.AppointForm(posted_to(request), scope=scope)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.appoint(
            request.actor,
            person_id=queries.person_named(data["username"]).pk,
            unit_id=unit.pk,
            title=forms.both(data, "title"),
            roles=data["roles"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            is_head=data["is_head"],
        ),
        context={
            "title": _("Appoint somebody"),
            "subject": unit.name,
            "submit": _("Appoint"),
            "suggestions": queries.staff_accounts(scope),
            "crumbs": _above(request, unit),
        },
        done=lambda post: _("Appointed: %(name)s.") % {"name": post.person.party.name},
        back=url(request, "unit", key),
    )


@require_http_methods(["GET", "POST"])
@administrators
def end_post(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    post = queries.post_by_id(pk)
    unit = unit_of(request, post.unit.key)
    return form_page(
        request,
        form=forms.EndPostForm(posted_to(request)),
        act=lambda data: actions.end_post(request.actor, post_id=pk, last_day=data["day"]),
        context={
            "title": _("End the post"),
            "subject": post.person.party.name,
            "subject_note": post.title,
            "lead": _("Open work of this person goes back to the unit after the last day."),
            "submit": _("End the post"),
            "danger": True,
            "crumbs": _above(request, unit),
        },
        done=_("The post ends on that day."),
        back=url(request, "unit", unit.key),
    )


def _above(request: ConsoleRequest, unit: Unit) -> Any:
    return crumbs(
        request,
        (_("Departments"), url(request, "departments")),
        (readable.text(unit.department.full_name), url(request, "department", unit.department.key)),
        (readable.text(unit.name), url(request, "unit", unit.key)),
    )
