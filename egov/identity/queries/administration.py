"""What the console shows of departments: the tree, who sits where, who may configure what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.models import (
    Account,
    Organisation,
    OrganisationKind,
    OrganisationUserObjectPermission,
    Person,
    Post,
    Unit,
)
from egov.identity.queries.current import current
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.text import LocalisedText

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class DepartmentLine:
    """A department in the list of all, with its open units and the posts held today."""

    pk: int
    key: str
    name: LocalisedText
    level: str
    units: int
    posts: int
    depth: int = 0
    closed: bool = False


@dataclass(frozen=True)
class Scope:
    """Which departments an actor may configure. ``departments`` None: all of them."""

    departments: frozenset[int] | None

    @property
    def is_platform(self) -> bool:
        return self.departments is None

    def __bool__(self) -> bool:
        return self.departments is None or bool(self.departments)

    def covers(self, department_id: int | None) -> bool:
        return self.departments is None or department_id in self.departments

    def narrow(self, rows: "QuerySet[M]", path: str) -> "QuerySet[M]":
        """Only the rows whose department (``path``: name of the column) is covered."""
        return rows if self.departments is None else rows.filter(**{f"{path}__in": self.departments})


def scope_of(actor: Actor) -> Scope:
    """By role, and by what was granted to the account on departments (at most one statement)."""
    if rules.may_administer_platform(actor):
        return Scope(None)
    if not actor.is_staff:
        return Scope(frozenset())
    own = {actor.department_id} if actor.has_role("department_admin") and actor.department_id else set()
    granted = (
        OrganisationUserObjectPermission.objects.filter(
            user_id=actor.account_id, permission__codename="configure_organisation"
        ).values_list("content_object_id", flat=True)
        if actor.account_id
        else ()
    )
    return Scope(frozenset({*own, *granted}))


def department_tree(scope: Scope = Scope(None)) -> list[DepartmentLine]:
    """The departments of the scope, each before those below it (one statement); ``depth`` counts from its root."""
    rows = list(
        scope.narrow(Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT), "pk")
        .annotate(
            unit_count=Count("units", filter=Q(units__closed_on__isnull=True), distinct=True),
            post_count=Count("units__posts", filter=current(prefix="units__posts__"), distinct=True),
        )
        .order_by("key")
    )
    return [
        DepartmentLine(
            pk=row.pk,
            key=row.key or "",
            name=row.full_name,
            level=row.get_level_display(),
            units=row.unit_count,
            posts=row.post_count,
            depth=depth,
            closed=row.dissolved_on is not None,
        )
        for row, depth in _as_tree(rows)
    ]


def _as_tree(rows: Sequence[Any]) -> Iterable[tuple[Any, int]]:
    shown = {row.pk for row in rows}
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in shown else None, []).append(row)
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        yield row, depth
        waiting += [(each, depth + 1) for each in reversed(below.get(row.pk, []))]


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


def person_named(username: str) -> Person:
    """The person behind the account. Raises as ``account_named``."""
    return Person.objects.get(account=account_named(username))


def staff_accounts(scope: Scope) -> list[tuple[str, str]]:
    """Account and name of everybody who holds a post today in the scope's departments, by account."""
    rows = Account.objects.filter(current(prefix="person__posts__"), is_active=True)
    rows = scope.narrow(rows, "person__posts__unit__department")
    return list(rows.values_list("username", "person__party__name").distinct().order_by("username"))


def posts_with_role(role: str, scope: Scope) -> QuerySet[Post]:
    """Posts held today that carry the role, with person and place, by department."""
    rows = scope.narrow(Post.objects.filter(current(), roles__name=role), "unit__department")
    return rows.select_related("person__party", "unit__department").order_by("unit__department__key", "unit__key", "pk")


def past_posts(unit_id: int, *, limit: int = 20) -> QuerySet[Post]:
    """Posts in the unit that have ended or not begun, the latest first."""
    rows = Post.objects.filter(unit_id=unit_id).exclude(current())
    return rows.select_related("person__party").order_by("-valid_from", "-pk")[:limit]


def post_by_id(post_id: int) -> Post:
    """Raises ``NotFound``."""
    row = Post.objects.select_related("person__party", "unit__department").filter(pk=post_id).first()
    if row is None:
        raise NotFound()
    return row


def configuration_grants() -> QuerySet[OrganisationUserObjectPermission]:
    """Who was let to configure which department, beyond what roles give."""
    return OrganisationUserObjectPermission.objects.select_related("user", "content_object").order_by("-pk")


def configuration_grant(grant_id: int) -> OrganisationUserObjectPermission:
    """Raises ``NotFound``."""
    row = configuration_grants().filter(pk=grant_id).first()
    if row is None:
        raise NotFound()
    return row


def roles_with_posts(scope: Scope = Scope(None)) -> QuerySet[Group]:
    """Roles with the number of posts that carry them today in the departments of ``scope``, as ``count``."""
    held = current(prefix="posts__")
    if scope.departments is not None:
        held &= Q(posts__unit__department__in=scope.departments)
    return Group.objects.annotate(count=Count("posts", filter=held)).order_by("name")
