"""A service that is new to the catalogue, without a definition file: it begins with a draft."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries, rules
from egov.catalogue.actions.permissions import is_platform
from egov.catalogue.actions.versions import with_basis_texts
from egov.catalogue.models import PublicService, ServiceVersion
from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.authorship import writers
from egov.kernel.errors import FieldError, InvalidInput, NotPermitted
from egov.kernel.refs import VERSIONS, Ref

MODES = frozenset({"g2c", "g2b", "g2g", "g2e"})


@transaction.atomic
def open_service(
    actor: Actor, *, code: str, mode: str, department_role: str, content: Mapping[str, Any], change_reason: str
) -> ServiceVersion:
    """A new service with the first draft of it: found by nobody before somebody else has reviewed and published it.

    The platform's administrators open any service, those of a department one of its own function. Raises
    ``NotPermitted``, ``InvalidInput`` with every fault of the texts and times.
    """
    if not (is_platform(actor) or department_role in queries.functions_of(actor)):
        raise NotPermitted()
    faults = list(_faults(code, mode, department_role))
    whole = rules.complete({**content, "department_name": queries.functions().get(department_role, {})})
    faults += rules.check_definition(whole, queries.known())
    if faults:
        raise InvalidInput(faults)
    service = PublicService.objects.create(code=code, mode=mode, department_role=department_role)
    row = ServiceVersion.objects.create(
        service=service,
        number=1,
        change_reason=change_reason,
        writer_ids=writers(actor),
        **with_basis_texts(whole),
    )
    queries.kept.moved()
    refs = (Ref("service", code), Ref("service_version", f"{code}/1"), VERSIONS)
    journal.record(actor, "catalogue.draft", *refs, reason=change_reason[:200], content=[code, mode, department_role])
    return row


def _faults(code: str, mode: str, department_role: str) -> list[FieldError]:
    faults = []
    if not rules.CODE.match(code):
        message = _("A code is two capital letters and two digits, such as LC29.")
        faults.append(FieldError("code", "invalid", message))
    elif PublicService.objects.filter(code=code).exists():
        faults.append(FieldError("code", "taken", _("This code is taken already.")))
    if mode not in MODES:
        faults.append(FieldError("mode", "unknown", _("This value is not known.")))
    if department_role not in queries.functions():
        faults.append(FieldError("department_role", "unknown", _("No department does this yet.")))
    return faults
