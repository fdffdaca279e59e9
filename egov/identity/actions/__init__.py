"""Writing parties, numbers, relationships, posts, mandates and accounts."""

from egov.identity.actions.accounts import (
    confirm_contact,
    link_account,
    refresh_assurance,
    unlink_account,
    verify_identity,
)
from egov.identity.actions.departments import (
    appoint,
    change_department,
    close_unit,
    end_post,
    grant_configuration,
    open_department,
    open_unit,
    withdraw_configuration,
)
from egov.identity.actions.family import end_relationship, join_household, leave_household, open_household, relate
from egov.identity.actions.mandates import accept_mandate, grant_mandate, revoke_mandate
from egov.identity.actions.parties import (
    add_identifier,
    add_representative,
    change_organisation,
    change_person,
    dissolve_organisation,
    draw_uscc,
    end_representative,
    record_death,
    register_organisation,
    register_person,
    replace_identifier,
    set_contact,
)
from egov.identity.actions.roles import load_roles

__all__ = [
    "accept_mandate",
    "add_identifier",
    "add_representative",
    "appoint",
    "change_department",
    "change_organisation",
    "change_person",
    "close_unit",
    "confirm_contact",
    "dissolve_organisation",
    "draw_uscc",
    "end_post",
    "end_relationship",
    "end_representative",
    "grant_configuration",
    "grant_mandate",
    "join_household",
    "leave_household",
    "link_account",
    "load_roles",
    "open_department",
    "open_household",
    "open_unit",
    "record_death",
    "refresh_assurance",
    "register_organisation",
    "register_person",
    "relate",
    "replace_identifier",
    "revoke_mandate",
    "set_contact",
    "unlink_account",
    "verify_identity",
    "withdraw_configuration",
]
