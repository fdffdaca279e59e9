"""Which department and unit handles what, where. Rows are ended and added, never rewritten."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries
from egov.catalogue.actions.permissions import is_platform, must_configure_department
from egov.catalogue.models import Competence, PublicService
from egov.identity.models import Organisation, OrganisationKind, Region, Unit
from egov.identity.queries import region_chain
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.law.rules import EvaluationError, check_expression


@transaction.atomic
def set_competence(
    actor: Actor,
    *,
    region: str,
    department_id: int,
    service: str = "",
    department_role: str = "",
    unit_id: int | None = None,
    condition: str = "",
    priority: int = 0,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
) -> Competence:
    """A department (and unit) handles ``service``, or every service of the function ``department_role``, in ``region``.

    A row that says the same for the same place and condition ends the day before. An administrator of a department
    says which of its units does what the department is competent for, and no more: only the platform's give tasks.
    Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``.
    """
    must_configure_department(actor, department_id)
    since = valid_from or clock.today()
    chosen = _service(service)
    if not is_platform(actor):
        _must_have_the_task(department_id, chosen, department_role, region)
    _check(region, department_id, unit_id, chosen, department_role, condition)
    same = Competence.objects.select_for_update(of=("self",)).filter(
        service=chosen,
        department_role=department_role,
        region_id=region,
        condition=condition,
        priority=priority,
        valid_from__lt=since,
        valid_to__isnull=True,
    )
    same.filter(department_id=department_id).update(valid_to=since - dt.timedelta(days=1))
    row = Competence.objects.create(
        service=chosen,
        department_role=department_role,
        region_id=region,
        department_id=department_id,
        unit_id=unit_id,
        condition=condition,
        priority=priority,
        valid_from=since,
        valid_to=valid_to,
        note=note,
    )
    queries.kept.moved()
    content = [service, department_role, region, department_id, unit_id, condition, priority, since.isoformat()]
    journal.record(actor, "catalogue.set_competence", Ref("competence", str(row.pk)), content=content)
    return row


@transaction.atomic
def end_competence(actor: Actor, *, competence_id: int, on: dt.date | None = None) -> Competence:
    """The row holds for the last time on the day ``on`` (default yesterday: from now on it does not).

    A row that would have begun later is ended before it began: it is removed. Raises ``NotPermitted``, ``NotFound``.
    """
    row = Competence.objects.select_for_update(of=("self",)).filter(pk=competence_id).first()
    if row is None:
        raise NotFound()
    must_configure_department(actor, row.department_id)
    last = on or clock.today() - dt.timedelta(days=1)
    if last < row.valid_from:
        Competence.objects.filter(pk=row.pk).delete()
    else:
        row.valid_to = last
        row.save(update_fields=["valid_to"])
    queries.kept.moved()
    journal.record(actor, "catalogue.end_competence", Ref("competence", str(competence_id)), content=last.isoformat())
    return row


def _must_have_the_task(department_id: int, service: PublicService | None, role: str, region: str) -> None:
    """The department has a rule in force for the service or its function, in the region or one above it."""
    chain = region_chain(region)
    today = clock.today()
    function = service.department_role if service else role
    for row in queries.competence_rows():
        own = row.department_id == department_id and row.holds_on(today) and row.region in chain
        of_service = service is not None and row.service_id == service.pk
        if own and (of_service or (row.service_id is None and row.department_role == function)):
            return
    raise NotPermitted(
        _("This department has no such task in this region."),
        code="no_such_task",
        way_out=_("An administrator of the platform gives tasks to departments."),
    )


def _service(code: str) -> PublicService | None:
    if not code:
        return None
    found = PublicService.objects.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no such service."), code="service_missing")
    return found


def _check(
    region: str,
    department_id: int,
    unit_id: int | None,
    service: PublicService | None,
    department_role: str,
    condition: str,
) -> None:
    if (service is None) == (department_role == ""):
        raise InvalidInput.at("service", "one_of", _("Name a service, or the function whose services are meant."))
    if not Region.objects.filter(pk=region).exists():
        raise InvalidInput.at("region", "unknown", _("There is no such region."))
    kinds = (OrganisationKind.DEPARTMENT, OrganisationKind.INSTITUTION)
    if not Organisation.objects.filter(pk=department_id, kind__in=kinds).exists():
        raise InvalidInput.at("department", "unknown", _("There is no such department."))
    if unit_id is not None and not Unit.objects.filter(pk=unit_id, department_id=department_id).exists():
        raise InvalidInput.at("unit", "unknown", _("The unit belongs to another department."))
    if condition:
        try:
            check_expression(condition)
        except EvaluationError as error:
            raise InvalidInput.at("condition", "invalid", error.detail) from error
