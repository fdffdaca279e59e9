"""The journal's tables, to be read only."""

from django.contrib import admin

from egov.journal.models import Entry, TreeHead
from egov.kernel.admin_read_only import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "kind", "capacity", "party_id", "department_id"]
    list_filter = ["kind"]
    ordering = ["-id"]


@admin.register(TreeHead)
class TreeHeadAdmin(ReadOnlyAdmin):
    list_display = ["size", "signed_at", "key_id"]
