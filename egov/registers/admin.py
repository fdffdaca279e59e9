"""The dictionary is defined by its file, and what parties hold or allow by their own acts: all to be read only."""

from django.contrib import admin

from egov.kernel.admin_read_only import ReadOnlyAdmin
from egov.registers.models import Consent, DataElement, EvidenceType, FactCorrection, Holding, Register


@admin.register(Register)
class RegisterAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "keeper", "handler"]


@admin.register(DataElement)
class DataElementAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "register", "sensitive"]
    list_filter = ["register", "sensitive"]
    search_fields = ["key"]


@admin.register(EvidenceType)
class EvidenceTypeAdmin(ReadOnlyAdmin):
    list_display = ["key", "name"]


@admin.register(Holding)
class HoldingAdmin(ReadOnlyAdmin):
    list_display = ["party_id", "service", "output", "valid_from", "valid_to"]
    list_select_related = False


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["party_id", "recipient_id", "subject", "given_at", "revoked_at"]


@admin.register(FactCorrection)
class FactCorrectionAdmin(ReadOnlyAdmin):
    list_display = ["reference", "element", "state", "asked_at", "answered_at"]
    list_filter = ["state"]
    list_select_related = ["element"]
    # What was said about somebody is for the keeper of the register, not for whoever runs the platform.
    exclude = ["present", "proposed", "reason", "answer"]
