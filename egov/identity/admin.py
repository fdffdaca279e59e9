"""People, organisations and departments, to be looked at: their rules stand in actions, their pages in the console.

Who opens a person here is in the journal like anybody else; numbers are shown masked or not at all.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from egov.identity.models import (
    Account,
    Household,
    Identifier,
    Mandate,
    Organisation,
    Person,
    Post,
    Region,
    Relationship,
    Unit,
)
from egov.journal import actions as journal
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.admin_read_only import ReadOnlyAdmin
from egov.kernel.refs import Ref

SHOWN = 50


class JournaledAdmin(ReadOnlyAdmin):
    """Read only; each record opened and each list shown is an entry that names the parties."""

    list_per_page = SHOWN
    parties: tuple[str, ...] = ("pk",)  # attributes that hold a party

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        row = self.get_object(request, object_id)
        if row is not None:
            journal.record_view(_actor(request), *self._refs([row]), reason="admin")
        return response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changelist_view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            journal.record_list(_actor(request), self._refs(shown["cl"].result_list), reason="admin")
        return response

    def _refs(self, rows: Iterable[Model]) -> list[Ref]:
        found = {getattr(row, name) for row in rows for name in self.parties}
        return [Ref("party", str(each)) for each in sorted(each for each in found if each is not None)]


def _actor(request: HttpRequest) -> Actor:
    account = request.user
    return Actor(
        kind=CapacityKind.POST,
        capacity="admin",
        account_id=account.pk,
        party_id=getattr(account, "person_id", None),
        request_id=str(getattr(request, "id", "")),
    )


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "level", "parent_id", "valid_from", "valid_to"]
    list_filter = ["level"]
    search_fields = ["code"]


@admin.register(Person)
class PersonAdmin(JournaledAdmin):
    list_display = ["pk", "party", "sex", "born_on"]
    list_select_related = ["party"]
    search_fields = ["party__name"]
    ordering = ["pk"]


@admin.register(Organisation)
class OrganisationAdmin(JournaledAdmin):
    list_display = ["pk", "party", "kind", "key", "level", "dissolved_on"]
    list_filter = ["kind", "level"]
    list_select_related = ["party"]
    search_fields = ["party__name", "key"]
    ordering = ["pk"]


@admin.register(Identifier)
class IdentifierAdmin(JournaledAdmin):
    """The number itself is never shown here."""

    list_display = ["party_id", "scheme", "masked", "valid_from", "valid_to"]
    list_filter = ["scheme"]
    exclude = ["encrypted", "digest"]
    ordering = ["pk"]
    parties = ("party_id",)


@admin.register(Relationship)
class RelationshipAdmin(JournaledAdmin):
    list_display = ["subject_id", "kind", "of_id", "valid_from", "valid_to", "source"]
    list_filter = ["kind"]
    ordering = ["pk"]
    parties = ("subject_id", "of_id")


@admin.register(Household)
class HouseholdAdmin(ReadOnlyAdmin):
    list_display = ["number", "region_id"]
    search_fields = ["number"]
    ordering = ["number"]


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "department_id", "region_id", "is_service_hall", "closed_on"]
    list_filter = ["is_service_hall"]
    search_fields = ["key"]
    ordering = ["key"]


@admin.register(Post)
class PostAdmin(JournaledAdmin):
    list_display = ["person_id", "unit", "title", "is_head", "valid_from", "valid_to"]
    list_filter = ["roles"]
    list_select_related = ["unit"]
    ordering = ["pk"]
    parties = ("person_id",)


@admin.register(Mandate)
class MandateAdmin(JournaledAdmin):
    list_display = ["grantor_id", "agent_id", "services", "valid_from", "valid_to", "accepted_at", "revoked_at"]
    ordering = ["-pk"]
    parties = ("grantor_id", "agent_id")


@admin.register(Account)
class AccountAdmin(JournaledAdmin):
    list_display = ["username", "person_id", "assurance", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "assurance"]
    search_fields = ["username"]
    exclude = ["password"]
    ordering = ["username"]
    parties = ("person_id",)
