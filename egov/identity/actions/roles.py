"""The roles that posts carry."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

# Stable names; what a role may do stands in the rules of each room.
ROLES = {
    "clerk": _("Window and acceptance"),
    "reviewer": _("Reviewer"),
    "inspector": _("Inspector"),
    "section_head": _("Section head"),
    "department_head": _("Department head"),
    "cashier": _("Cashier"),
    "records": _("Records and archives"),
    "supervisor": _("Supervision: ratings, complaints, figures of all teams"),
    "department_admin": _("Administrator of a department"),
    "platform_admin": _("Administrator of the platform"),
}


def load_roles() -> int:
    """Create the roles that are missing; how many there were. Loading twice changes nothing."""
    present = set(Group.objects.values_list("name", flat=True))
    missing = [Group(name=name) for name in ROLES if name not in present]
    Group.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
