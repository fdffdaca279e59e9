"""The dictionary, kept in the process: small tables that administrators change a few times a year."""

from egov.kernel.memory import Kept
from egov.kernel.text import LocalisedText
from egov.registers.models import DataElement, EvidenceType, Register

kept = Kept("registers")  # moves with registers, data elements and types of evidence


@kept.table
def register_names() -> dict[str, LocalisedText]:
    """What each register is called, by its key."""
    return dict(Register.objects.values_list("key", "name"))


@kept.table
def dictionary() -> dict[str, DataElement]:
    """All data elements, by key."""
    return {row.key: row for row in DataElement.objects.order_by("key")}


@kept.table
def evidence_types() -> dict[str, EvidenceType]:
    """What kinds of evidence registers give, by key."""
    return {row.key: row for row in EvidenceType.objects.order_by("key")}
