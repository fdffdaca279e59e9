"""Who in the city's offices acts on the cases of the past."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable

from egov.identity import queries as identity
from egov.identity.models import Account, Organisation, Post
from egov.kernel.actor import Actor, CapacityKind
from egov.work import rules as work_rules


class Officers:
    """Every civil servant on a post, as the actor they are when they work."""

    def __init__(self) -> None:
        self.by_unit: dict[int, list[Actor]] = defaultdict(list)
        self.by_department: dict[int, list[Actor]] = defaultdict(list)
        self.by_post: dict[int, Actor] = {}
        self.names: dict[int, str] = {}
        self._supervisors: dict[str, Actor | None] = {}
        accounts = dict(Account.objects.filter(person__isnull=False).values_list("person_id", "pk"))
        posts = Post.objects.filter(valid_to__isnull=True, unit__closed_on__isnull=True)
        for post in posts.select_related("unit", "person__party").prefetch_related("roles").order_by("pk"):
            actor = Actor(
                kind=CapacityKind.POST,
                capacity=f"p-{post.pk}",
                account_id=accounts.get(post.person_id),
                party_id=post.person_id,
                post_id=post.pk,
                unit_id=post.unit_id,
                department_id=post.unit.department_id,
                region_code=post.unit.region_id or post.person.party.region_id or "",
                roles=frozenset(role.name for role in post.roles.all()),
                assurance=2,
            )
            self.by_unit[post.unit_id].append(actor)
            self.by_department[post.unit.department_id].append(actor)
            self.by_post[post.pk] = actor
            self.names[post.person_id] = post.person.party.name

    def able(
        self,
        *,
        department_id: int,
        unit_id: int,
        role: str = "",
        roles: Collection[str] = (),
        excluded: Collection[int] = (),
    ) -> list[Actor]:
        """Who may take an item of this place and role, and does an act that only ``roles`` do; the unit's own first."""
        found = [
            actor
            for actor in self.by_department[department_id]
            if actor.party_id not in excluded
            and work_rules.reaches(_place(actor), department_id=department_id, unit_id=unit_id, role=role)
            and (not roles or actor.roles & set(roles))
        ]
        own = [actor for actor in found if actor.unit_id == unit_id]
        return own or found

    def with_role(self, role: str) -> list[Actor]:
        return [actor for actor in self.by_post.values() if actor.has_role(role)]

    def supervisor_of(self, region: str) -> Actor | None:
        """Who calls back about bad ratings of the region: the nearest post of data administration."""
        if region not in self._supervisors:
            self._supervisors[region] = self._find_supervisor(region)
        return self._supervisors[region]

    def _find_supervisor(self, region: str) -> Actor | None:
        chain, supervisors = identity.region_chain(region), self.with_role("supervisor")
        departments = [actor.department_id for actor in supervisors]
        rows = Organisation.objects.filter(pk__in=departments, party__region_id__in=chain)
        places = {pk: chain.index(place) for pk, place in rows.values_list("pk", "party__region_id") if place}
        near = [actor for actor in supervisors if actor.department_id in places]
        return min(near, key=lambda actor: (places[actor.department_id or 0], actor.post_id), default=None)

    def leaders(self, *, department_id: int, unit_id: int) -> list[int]:
        """Persons who hear of late work, as ``work.escalate_overdue`` finds them."""
        own = {actor.party_id for actor in self.by_unit[unit_id] if actor.roles & {"section_head", "department_head"}}
        heads = {actor.party_id for actor in self.by_department[department_id] if actor.has_role("department_head")}
        return sorted(person for person in own or heads if person is not None)


def _place(actor: Actor) -> work_rules.Place:
    return work_rules.Place(actor.department_id, actor.unit_id, actor.roles, actor.post_id)


def pick(rng: random.Random, able: Iterable[Actor]) -> Actor | None:
    """One of them; whoever has fewer roles does more of the daily work."""
    found = list(able)
    if not found:
        return None
    return rng.choices(
        found, [1 / (1 + 3 * len(actor.roles & {"section_head", "department_head"})) for actor in found]
    )[0]
