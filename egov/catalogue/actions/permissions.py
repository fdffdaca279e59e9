"""The one permission question of the catalogue: who may configure what."""

from egov.catalogue import queries
from egov.catalogue.models import PublicService
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted

PLATFORM = "platform_admin"
DEPARTMENT = "department_admin"


def is_platform(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(PLATFORM)


def must_be_platform(actor: Actor) -> None:
    if not is_platform(actor):
        raise NotPermitted()


def must_configure(actor: Actor, service: PublicService) -> None:
    """The platform's administrators configure everything, a department's those services it is competent for."""
    if is_platform(actor):
        return
    if not (actor.has_role(DEPARTMENT) and actor.department_id):
        raise NotPermitted()
    today = clock.today()
    for row in queries.competence_rows():
        own = row.department_id == actor.department_id and row.holds_on(today)
        fits = row.service_id in (None, service.pk)
        if own and fits and (row.service_id or row.department_role == service.department_role):
            return
    raise NotPermitted()


def must_configure_department(actor: Actor, department_id: int) -> None:
    if is_platform(actor):
        return
    if not (actor.has_role(DEPARTMENT) and actor.department_id == department_id):
        raise NotPermitted()
