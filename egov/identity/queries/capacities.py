"""In which capacities an account may act. One statement finds one capacity, four find all besides one's own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Manager, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.models import (
    Account,
    Mandate,
    Organisation,
    PartyKind,
    Person,
    Post,
    Relationship,
    Representative,
)
from egov.identity.queries.current import current
from egov.identity.queries.mandates import in_force, of_agent
from egov.identity.queries.parties import by_law
from egov.kernel import clock
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import NotPermitted
from egov.kernel.text import LocalisedText, localise

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Capacity:
    """One capacity of an account. ``slug`` stands in the URL; ``names`` is for whom, or which post."""

    slug: str
    kind: CapacityKind
    names: LocalisedText
    party_id: int
    party_kind: PartyKind = PartyKind.PERSON
    department_id: int | None = None
    unit_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def title(self) -> str:
        """In the language of the page."""
        return localise(self.names)


@dataclass(frozen=True)
class Acting:
    """Who acts, and what that is called."""

    capacity: Capacity
    actor: Actor


def actor_for(account: Account, capacity: str, request_id: str = "") -> Actor:
    """The actor of :func:`acting`."""
    return acting(account, capacity, request_id).actor


def acting(account: Account, capacity: str, request_id: str = "") -> Acting:
    """The actor behind ``account`` in this capacity, and the capacity with its title (at most one statement).

    ``capacity`` is ``self``, ``g-<party>``, ``o-<party>``, ``m-<mandate>`` or ``p-<post>``. Raises ``NotPermitted``
    when the account does not have it today; with the code ``identity_not_verified`` when nobody is behind it yet.
    """
    if not account.is_active:
        raise NotPermitted()
    if account.person_id is None:
        raise NotPermitted(
            _("Nobody is known to be behind this account yet."),
            code="identity_not_verified",
            way_out=_("Verify your identity with your name and identity number first."),
        )
    found = _self(account) if capacity == "self" else _find(account.person_id, capacity)
    if found is None:
        raise NotPermitted()
    actor = replace(found.actor, account_id=account.pk, assurance=account.assurance, request_id=request_id)
    return Acting(found.capacity, actor)


def _find(person_id: int, capacity: str) -> Acting | None:
    letter, _dash, key = capacity.partition("-")
    finder = _FINDERS.get(letter)
    if finder is None or not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    return next(finder(person_id, int(key)), None)


def capacities_of(account: Account) -> list[Capacity]:
    """All capacities the account has today: self, as parent or guardian, as representative, as agent, in posts."""
    if not account.is_active or account.person_id is None:
        return []
    own = _self(account)
    others = [found.capacity for finder in _FINDERS.values() for found in finder(account.person_id, None)]
    return [own.capacity, *others] if own else others


def may_configure(actor: Actor, thing: Model) -> bool:
    """Whether the actor may configure a department, or what belongs to one (a service, a unit).

    Administrators of the platform may configure all; those of a department theirs, and what names it as
    ``department``; anyone else what was granted to their account or their post's roles on the department
    (``configure_organisation``) or on the thing itself (``configure_<model>``).
    """
    department_id = thing.pk if isinstance(thing, Organisation) else getattr(thing, "department_id", None)
    if rules.may_administer_platform(actor) or (department_id and rules.may_administer(actor, department_id)):
        return True
    if not actor.is_staff or actor.account_id is None:
        return False
    account = Account.objects.get(pk=actor.account_id)
    name = thing._meta.model_name
    if account.has_perm(f"{thing._meta.app_label}.configure_{name}", thing):
        return True
    if isinstance(thing, Organisation) or not department_id:
        return False
    return account.has_perm("identity.configure_organisation", Organisation(pk=department_id))


# --- Finding ---------------------------------------------------------------------------------------


def _self(account: Account) -> Acting | None:
    """No statement when the person came with the session."""
    if not Account.person.is_cached(account):
        account.person = Person.objects.select_related("party").get(pk=account.person_id)
    person = account.person
    if person is None or person.died_on is not None:
        return None
    return _applicant(CapacityKind.SELF, "self", person.pk, person.pk, person.party.name, person.party.region_id)


def _as_guardian(person_id: int, number: int | None) -> Iterator[Acting]:
    """Parents of minors and guardians, by law and not by mandate."""
    rows = (
        by_law(_of(Relationship.objects, "of_id", number), clock.today())
        .filter(subject_id=person_id, of__died_on__isnull=True)
        .values_list(  # type: ignore[misc]
            "of_id", "kind", "valid_from", "of__born_on", "other_guardian", "of__party__name", "of__party__region_id"
        )
    )
    seen: set[int] = set()
    for of_id, kind, since, born_on, other_guardian, name, region in rows:
        acts = rules.acts_by_law(
            kind=kind, since=since, born_on=born_on, other_guardian=other_guardian, day=clock.today()
        )
        if acts and of_id not in seen:
            seen.add(of_id)
            yield _applicant(CapacityKind.GUARDIAN, f"g-{of_id}", person_id, of_id, name, region)


def _as_representative(person_id: int, number: int | None) -> Iterator[Acting]:
    rows = (
        _of(Representative.objects, "organisation_id", number)
        .filter(current(), _existing("organisation__"), person_id=person_id)
        .order_by("organisation_id")
        .distinct("organisation_id")
        .values_list("organisation_id", "organisation__party__name", "organisation__party__region_id")
    )
    for organisation_id, name, region in rows:
        yield _applicant(
            CapacityKind.REPRESENTATIVE,
            f"o-{organisation_id}",
            person_id,
            organisation_id,
            name,
            region,
            party_kind=PartyKind.ORGANISATION,
        )


def _as_agent(person_id: int, number: int | None) -> Iterator[Acting]:
    alive = Q(grantor__person__died_on__isnull=True) & _existing("grantor__organisation__")
    rows = (
        _of(Mandate.objects, "pk", number)
        .filter(in_force(), of_agent(person_id), alive)
        .order_by("pk")
        .distinct("pk")
        .values_list("pk", "grantor_id", "grantor__kind", "grantor__name", "grantor__region_id", "services")
    )
    for mandate_id, grantor_id, kind, name, region, services in rows:
        slug = f"m-{mandate_id}"
        found = _applicant(CapacityKind.AGENT, slug, person_id, grantor_id, name, region, party_kind=PartyKind(kind))
        limits = frozenset(services) if services else None
        yield replace(found, actor=replace(found.actor, mandate_id=mandate_id, mandate_services=limits))


def _existing(prefix: str) -> Q:
    """Not dissolved; on the day it ends, an organisation's people still collect the papers that say so."""
    end = f"{prefix}dissolved_on"
    return Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": clock.today()})


def _in_post(person_id: int, number: int | None) -> Iterator[Acting]:
    rows = (
        _of(Post.objects, "pk", number)
        .filter(current(), person_id=person_id, unit__closed_on__isnull=True)
        .annotate(role_names=ArrayAgg("roles__name", filter=Q(roles__isnull=False), default=[]))
        .order_by("-is_head", "pk")
        .values_list(
            "pk",
            "title",
            "unit_id",
            "unit__department_id",
            "role_names",
            "unit__department__short_name",
            "unit__region_id",
            "unit__department__party__region_id",
        )
    )
    for post_id, title, unit_id, department_id, role_names, department_name, unit_region, department_region in rows:
        roles = frozenset(role_names)
        names = {
            language: f"{localise(department_name, language)} · {localise(title, language)}"
            for language in sorted({*title, *department_name})
        }
        slug = f"p-{post_id}"
        yield Acting(
            Capacity(
                slug,
                CapacityKind.POST,
                names,
                person_id,
                department_id=department_id,
                unit_id=unit_id,
                roles=roles,
            ),
            Actor(
                kind=CapacityKind.POST,
                capacity=slug,
                party_id=person_id,
                post_id=post_id,
                unit_id=unit_id,
                department_id=department_id,
                region_code=unit_region or department_region or "",
                roles=roles,
            ),
        )


def _of(manager: "Manager[M]", field_name: str, number: int | None) -> "QuerySet[M]":
    return manager.filter(**{field_name: number}) if number is not None else manager.all()


def _applicant(
    kind: CapacityKind,
    slug: str,
    person_id: int,
    party_id: int,
    name: str,
    region: str | None,
    *,
    party_kind: PartyKind = PartyKind.PERSON,
) -> Acting:
    return Acting(
        Capacity(slug, kind, {"zh-Hans": name}, party_id, party_kind),
        Actor(
            kind=kind,
            capacity=slug,
            party_id=person_id,
            on_behalf_of_id=party_id,
            region_code=region or "",
        ),
    )


_FINDERS: dict[str, Callable[[int, int | None], Iterator[Acting]]] = {
    "g": _as_guardian,
    "o": _as_representative,
    "m": _as_agent,
    "p": _in_post,
}
