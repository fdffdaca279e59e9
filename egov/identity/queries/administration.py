"""What the console shows of departments: the tree, who sits where, who may configure what."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Account, Organisation, OrganisationKind, OrganisationUserObjectPermission, Unit
from egov.identity.queries.current import current
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class DepartmentLine:
    """A department in the list of all, with its open units and the posts held today."""

    key: str
    name: LocalisedText
    level: str
    units: int
    posts: int


def department_tree() -> list[DepartmentLine]:
    """All departments by key, so that a department stands before those below it (one statement)."""
    rows = (
        Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT)
        .annotate(
            unit_count=Count("units", filter=Q(units__closed_on__isnull=True), distinct=True),
            post_count=Count("units__posts", filter=current(prefix="units__posts__"), distinct=True),
        )
        .order_by("key")
    )
    return [
        DepartmentLine(
            key=row.key or "",
            name=row.full_name,
            level=row.get_level_display(),
            units=row.unit_count,
            posts=row.post_count,
        )
        for row in rows
    ]


def department_by_id(department_id: int) -> Organisation:
    """Raises ``NotFound``."""
    row = Organisation.objects.filter(pk=department_id, kind=OrganisationKind.DEPARTMENT).first()
    if row is None:
        raise NotFound()
    return row


def units_of(department_id: int) -> QuerySet[Unit]:
    """Open units first, then closed ones, by key."""
    return Unit.objects.filter(department_id=department_id).order_by("-closed_on", "key")


def unit_by_id(unit_id: int) -> Unit:
    """Raises ``NotFound``."""
    row = Unit.objects.select_related("department__party").filter(pk=unit_id).first()
    if row is None:
        raise NotFound()
    return row


def unit_of_post(post_id: int) -> Unit:
    """Raises ``NotFound``."""
    row = Unit.objects.filter(posts=post_id).first()
    if row is None:
        raise NotFound()
    return row


def units_without_posts() -> QuerySet[Unit]:
    """Open units that nobody holds a post in today: work that lands there waits."""
    held = current(prefix="posts__")
    staffed = Unit.objects.filter(held).values("pk")
    return Unit.objects.filter(closed_on__isnull=True).exclude(pk__in=staffed).select_related("department__party")


def account_named(username: str) -> Account:
    """Raises ``InvalidInput`` at ``username`` when there is none, or nobody is behind it yet."""
    account = Account.objects.filter(username=username).first()
    if account is None or account.person_id is None:
        raise InvalidInput.at("username", "unknown", _("No person with a verified identity has this account."))
    return account


def configuration_grants() -> QuerySet[OrganisationUserObjectPermission]:
    """Who was let to configure which department, beyond what roles give."""
    return OrganisationUserObjectPermission.objects.select_related("user", "content_object").order_by("-pk")


def configuration_grant(grant_id: int) -> OrganisationUserObjectPermission:
    """Raises ``NotFound``."""
    row = configuration_grants().filter(pk=grant_id).first()
    if row is None:
        raise NotFound()
    return row


def roles_with_posts() -> QuerySet[Group]:
    """Roles with the number of posts that carry them today, as ``count``."""
    return Group.objects.annotate(count=Count("posts", filter=current(prefix="posts__"))).order_by("name")
