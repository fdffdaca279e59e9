"""Departments: the tree, opened, changed and closed; their units are at ``units``."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import queries as catalogue
from egov.identity import actions, queries
from portals.console import forms, readable
from portals.console.access import ConsoleRequest, administrators, department_of, platform_administrators
from portals.console.views.acting import crumbs, form_page, posted, posted_to, url


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()
    tree = queries.department_tree(request.scope)
    if wanted:
        tree = [row for row in tree if wanted.lower() in f"{row.key} {' '.join(row.name.values())}".lower()]
    context = {"tree": tree, "text": wanted, "crumbs": crumbs(request)}
    return render(request, "console/departments.html", context)


@require_GET
@administrators
def detail(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    scope = queries.Scope(frozenset({department.pk}))
    context = {
        "department": department,
        "units": queries.units_of(department.pk),
        "competences": readable.with_functions(catalogue.competences_in(scope)[:50]),
        "changes": readable.changes_of(department),
        "crumbs": crumbs(request, (_("Departments"), url(request, "departments"))),
    }
    return render(request, "console/department.html", context)


@require_http_methods(["GET", "POST"])
@platform_administrators
def open_department(request: ConsoleRequest, capacity: str) -> HttpResponse:
    form = forms.DepartmentForm(posted_to(request), initial={"parent": request.GET.get("parent", "")})
    return form_page(
        request,
        form=form,
        act=lambda data: actions.open_department(
            request.actor,
            key=data["key"],
            full_name=forms.both(data, "name"),
            short_name=forms.both(data, "short") or None,
            level=data["level"],
            region_code=data["region"],
            parent_key=data["parent"],
            address=data["address"],
            phone=data["phone"],
        ),
        context={
            "title": _("Open a department"),
            "submit": _("Open the department"),
            "crumbs": crumbs(request, (_("Departments"), url(request, "departments"))),
        },
        done=_("The department is open. Give it a unit next."),
        back=url(request, "departments"),
    )


@require_http_methods(["GET", "POST"])
@administrators
def change(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    form = forms.ChangeDepartmentForm(posted_to(request), initial=forms.ChangeDepartmentForm.of(department))
    return form_page(
        request,
        form=form,
        act=lambda data: actions.change_department(
            request.actor,
            department_id=department.pk,
            full_name={**department.full_name, **forms.both(data, "name")},
            short_name={**department.short_name, **forms.both(data, "short")},
            address=data["address"],
            phone=data["phone"],
            office_hours={**department.office_hours, **forms.both(data, "hours")},
        ),
        context={
            "title": _("Change the department"),
            "subject": department.full_name,
            "crumbs": _above(request, department),
        },
        done=_("Changed. Pages show it at once."),
        back=url(request, "department", key),
    )


@require_http_methods(["GET", "POST"])
@platform_administrators
def close(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    return form_page(
        request,
        form=forms.ConfirmForm(posted_to(request)),
        act=lambda _data: actions.close_department(request.actor, department_id=department.pk),
        context={
            "title": _("Close the department"),
            "subject": department.full_name,
            "lead": _("It takes no more work from now on. What it decided and sealed stays valid and can be verified."),
            "submit": _("Close the department"),
            "danger": True,
            "crumbs": _above(request, department),
        },
        done=_("The department is closed."),
        back=url(request, "department", key),
    )


@require_POST
@platform_administrators
def reopen(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    return posted(
        request,
        act=lambda: actions.reopen_department(request.actor, department_id=department.pk),
        done=_("The department is open again."),
        back=url(request, "department", key),
    )


def _above(request: ConsoleRequest, department: object) -> object:
    return crumbs(
        request,
        (_("Departments"), url(request, "departments")),
        (
            readable.text(department.full_name),  # type: ignore[attr-defined]
            url(request, "department", department.key),  # type: ignore[attr-defined]
        ),
    )
