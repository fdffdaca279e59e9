"""Departments, their units and posts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.identity import actions, queries
from egov.kernel.clock import today
from portals.console import forms
from portals.console.access import administrators
from portals.console.views.acting import form_page, posted


@require_GET
@administrators
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    tree = queries.department_tree()
    return render(request, "console/departments.html", {"tree": tree})


@require_GET
@administrators
def detail(request: HttpRequest, capacity: str, key: str) -> HttpResponse:
    department = queries.department(key)
    units = queries.units_of(department.pk)
    return render(request, "console/department.html", {"department": department, "units": units})


@require_http_methods(["GET", "POST"])
@administrators
def open_department(request: HttpRequest, capacity: str) -> HttpResponse:
    form = forms.DepartmentForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.open_department(
            request.actor,
            key=data["key"],
            full_name={"zh-Hans": data["name_zh"], "en": data["name_en"]},
            level=data["level"],
            region_code=data["region"],
            parent_key=data["parent"],
        ),
        template="console/form.html",
        context={"title": _("Open a department")},
        done=_("The department is open. Give it a unit next."),
        back=reverse("console:departments", args=[capacity]),
    )


@require_http_methods(["GET", "POST"])
@administrators
def open_unit(request: HttpRequest, capacity: str, key: str) -> HttpResponse:
    department = queries.department(key)
    form = forms.UnitForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.open_unit(
            request.actor,
            department_id=department.pk,
            key=data["key"],
            name={"zh-Hans": data["name_zh"], "en": data["name_en"]},
            region_code=data["region"],
            phone=data["phone"],
        ),
        template="console/form.html",
        context={"title": _("Open a unit"), "subject": department.party.name},
        done=_("The unit is open. Appoint somebody to it, then route services to it."),
        back=reverse("console:department", args=[capacity, key]),
    )


@require_GET
@administrators
def unit(request: HttpRequest, capacity: str, key: str) -> HttpResponse:
    row = queries.unit(key)
    return render(request, "console/unit.html", {"unit": row, "posts": queries.posts_in(row.pk, on=today())})


@require_POST
@administrators
def close_unit(request: HttpRequest, capacity: str, key: str) -> HttpResponse:
    row = queries.unit(key)
    return posted(
        request,
        act=lambda: actions.close_unit(request.actor, unit_id=row.pk),
        done=_("The unit is closed; new cases go to the next competent one."),
        back=reverse("console:department", args=[capacity, row.department.key]),
    )


@require_http_methods(["GET", "POST"])
@administrators
def appoint(request: HttpRequest, capacity: str, key: str) -> HttpResponse:
    row = queries.unit(key)
    form = forms.AppointForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.appoint(
            request.actor,
            person_id=queries.account_named(data["username"]).person_id,
            unit_id=row.pk,
            title={"zh-Hans": data["title_zh"], "en": data["title_en"]},
            roles=[role.name for role in data["roles"]],
            valid_from=data["valid_from"],
            is_head=data["is_head"],
        ),
        template="console/form.html",
        context={"title": _("Appoint somebody"), "subject": row.name},
        done=_("Appointed."),
        back=reverse("console:unit", args=[capacity, key]),
    )


@require_POST
@administrators
def end_post(request: HttpRequest, capacity: str, pk: int) -> HttpResponse:
    unit_key = queries.unit_of_post(pk).key
    return posted(
        request,
        act=lambda: actions.end_post(request.actor, post_id=pk),
        done=_("The post has ended."),
        back=reverse("console:unit", args=[capacity, unit_key]),
    )
