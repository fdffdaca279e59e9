"""Departments, units, posts, and who may configure them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm, remove_perm

from egov.contracts.identity import PostEnded, UnitClosed
from egov.identity import rules
from egov.identity.actions.common import add_number, known_region, locked, party_ref, require, write
from egov.identity.models import (
    Account,
    Organisation,
    OrganisationKind,
    Party,
    PartyKind,
    Person,
    Post,
    RegionLevel,
    Unit,
)
from egov.identity.queries.capacities import may_configure
from egov.identity.queries.departments import department as department_named
from egov.identity.queries.regions import kept
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise

# Longer than a process may keep the units it knows (``memory.SECONDS``) and the act that goes by them may last.
UNTIL_ALL_KNOW = dt.timedelta(seconds=30)


@transaction.atomic
def open_department(
    actor: Actor,
    *,
    key: str,
    full_name: LocalisedText,
    level: str,
    region_code: str,
    short_name: LocalisedText | None = None,
    parent_key: str = "",
    org_type: str = "GOV",
    uscc: str = "",
    address: str = "",
    phone: str = "",
    office_hours: LocalisedText | None = None,
) -> Organisation:
    """A department at its place in the tree. ``key`` is what configuration names it by ("jz.market").

    Only for administrators of the platform. Raises ``NotPermitted``; ``InvalidInput`` for a taken key, an unknown
    region, level or parent.
    """
    require(rules.may_administer_platform(actor))
    if level not in RegionLevel.values:
        raise InvalidInput.at("level", "level", _("There is no such level."))
    if not key or Organisation.objects.filter(key=key).exists():
        raise InvalidInput.at("key", "taken", _("This key is empty or already used."))
    name = localise(full_name, "zh-Hans")
    party = Party.objects.create(kind=PartyKind.ORGANISATION, name=name, region_id=known_region(region_code))
    department = Organisation.objects.create(
        party=party,
        kind=OrganisationKind.DEPARTMENT,
        org_type=org_type,
        full_name=full_name,
        short_name=short_name or full_name,
        key=key,
        level=level,
        parent=department_named(parent_key) if parent_key else None,
        address=address,
        phone=phone,
        office_hours=office_hours or {},
    )
    if uscc:
        add_number(party.pk, "cn.uscc", rules.check_uscc(uscc).number, path="uscc")
    journal.record(actor, "identity.open_department", party_ref(party.pk), content=key)
    return department


@transaction.atomic
def change_department(actor: Actor, *, department_id: int, **changes: Any) -> Organisation:
    """Names, address, phone, office hours. For whoever may configure it. Raises ``NotPermitted``, ``NotFound``."""
    department = locked(Organisation, department_id)
    require(department.kind == OrganisationKind.DEPARTMENT and may_configure(actor, department))
    unknown = changes.keys() - {"full_name", "short_name", "address", "phone", "office_hours"}
    if unknown:
        raise TypeError(f"cannot be changed: {sorted(unknown)}")
    changed = write(department, changes)
    if "full_name" in changed:
        write(locked(Party, department_id), {"name": localise(department.full_name, "zh-Hans")})
    kept.moved()
    journal.record(actor, "identity.change_department", party_ref(department_id), content=sorted(changed))
    return department


@transaction.atomic
def close_department(actor: Actor, *, department_id: int) -> Organisation:
    """The department exists until today; its past acts stay. Only for administrators of the platform.

    Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when it is closed, or has open units or departments
    below it.
    """
    require(rules.may_administer_platform(actor))
    department = locked(Organisation, department_id)
    if department.kind != OrganisationKind.DEPARTMENT:
        raise NotFound()
    if department.dissolved_on is not None:
        raise TransitionNotAllowed(_("This department is closed already."))
    if Unit.objects.filter(department=department, closed_on__isnull=True).exists():
        raise TransitionNotAllowed(_("This department still has open units."), way_out=_("Close them first."))
    if Organisation.objects.filter(parent=department, dissolved_on__isnull=True).exists():
        raise TransitionNotAllowed(_("There are departments below this one."), way_out=_("Close them first."))
    write(department, {"dissolved_on": clock.today()})
    journal.record(actor, "identity.close_department", party_ref(department_id))
    return department


@transaction.atomic
def reopen_department(actor: Actor, *, department_id: int) -> Organisation:
    """A department that was closed works again. Only for administrators of the platform.

    Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when it is open.
    """
    require(rules.may_administer_platform(actor))
    department = locked(Organisation, department_id)
    if department.kind != OrganisationKind.DEPARTMENT:
        raise NotFound()
    if department.dissolved_on is None:
        raise TransitionNotAllowed(_("This department is open."))
    write(department, {"dissolved_on": None})
    journal.record(actor, "identity.reopen_department", party_ref(department_id))
    return department


@transaction.atomic
def open_unit(
    actor: Actor,
    *,
    department_id: int,
    key: str,
    name: LocalisedText,
    parent_id: int | None = None,
    region_code: str = "",
    is_service_hall: bool = False,
    phone: str = "",
) -> Unit:
    """A unit inside a department; work can be routed to it at once.

    For whoever may configure the department. Raises ``NotPermitted``, ``NotFound``; ``InvalidInput`` for a taken key,
    an unknown region, or a parent in another department.
    """
    department = locked(Organisation, department_id)
    require(department.kind == OrganisationKind.DEPARTMENT and may_configure(actor, department))
    if not key or Unit.objects.filter(key=key).exists():
        raise InvalidInput.at("key", "taken", _("This key is empty or already used."))
    if not localise(name):
        raise InvalidInput.at("name", "name", _("A unit needs a name."))
    if parent_id is not None and not Unit.objects.filter(pk=parent_id, department_id=department_id).exists():
        raise InvalidInput.at("parent_id", "parent", _("The unit above belongs to another department."))
    unit = Unit.objects.create(
        department=department,
        key=key,
        name=name,
        parent_id=parent_id,
        region_id=known_region(region_code),
        is_service_hall=is_service_hall,
        phone=phone,
    )
    journal.record(actor, "identity.open_unit", Ref("unit", key), party_ref(department_id))
    return unit


@transaction.atomic
def change_unit(
    actor: Actor, *, unit_id: int, name: LocalisedText, region_code: str = "", phone: str = "", is_service_hall: bool
) -> Unit:
    """Names, region, phone, whether it is a service hall; the key stays. For whoever may configure the department.

    Raises ``NotPermitted``, ``NotFound``; ``InvalidInput`` for an unknown region or no name; ``TransitionNotAllowed``
    when it is closed, or the last service hall would cease to be one.
    """
    unit = locked(Unit, unit_id)
    require(may_configure(actor, unit))
    if unit.closed_on is not None:
        raise TransitionNotAllowed(_("This unit is closed."))
    if not localise(name):
        raise InvalidInput.at("name", "name", _("A unit needs a name."))
    if unit.is_service_hall and not is_service_hall:
        _must_not_be_last_hall(unit)
    wanted = {"name": name, "region_id": known_region(region_code), "phone": phone, "is_service_hall": is_service_hall}
    changed = write(unit, wanted)
    journal.record(actor, "identity.change_unit", Ref("unit", unit.key), content=sorted(changed))
    return unit


def _must_not_be_last_hall(unit: Unit) -> None:
    others = Unit.objects.filter(is_service_hall=True, closed_on__isnull=True).exclude(pk=unit.pk)
    if unit.is_service_hall and not others.exists():
        raise TransitionNotAllowed(_("This is the last service hall: cases without an owner would have none."))


@transaction.atomic
def close_unit(
    actor: Actor, *, unit_id: int, successor_id: int | None = None, closed_on: dt.date | None = None
) -> Unit:
    """The unit takes no more work; what lies there goes to ``successor_id``, or back to the department.

    Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when it is closed, still has people, units below it,
    or is the last service hall; ``InvalidInput`` when the one that takes over is closed, or itself.
    """
    unit = locked(Unit, unit_id)
    require(may_configure(actor, unit))
    day = closed_on or clock.today()
    if unit.closed_on is not None:
        raise TransitionNotAllowed(_("This unit is closed already."))
    if Post.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), unit=unit).exists():
        raise TransitionNotAllowed(
            _("People still hold posts in this unit."), way_out=_("End their posts or move them first.")
        )
    if Unit.objects.filter(parent=unit, closed_on__isnull=True).exists():
        raise TransitionNotAllowed(_("There are units below this one."), way_out=_("Close them first."))
    _must_not_be_last_hall(unit)
    successors = Unit.objects.filter(closed_on__isnull=True).exclude(pk=unit.pk)
    if successor_id is not None and not successors.filter(pk=successor_id).exists():
        raise InvalidInput.at("successor_id", "closed", _("The unit that takes over is closed."))
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])
    journal.record(actor, "identity.close_unit", Ref("unit", unit.key), party_ref(unit.department_id))
    event = UnitClosed(unit_id=unit.pk, department_id=unit.department_id, successor_id=successor_id)
    for after in (dt.timedelta(), UNTIL_ALL_KNOW):
        outbox.emit(event, request_id=actor.request_id, after=after)
    return unit


@transaction.atomic
def appoint(
    actor: Actor,
    *,
    person_id: int,
    unit_id: int,
    title: LocalisedText,
    roles: Sequence[str],
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    is_head: bool = False,
) -> Post:
    """Give a person a post in a unit with the roles it carries. For whoever may configure the department.

    Only an administrator of the platform gives the role ``platform_admin`` or ``supervisor``. Raises
    ``NotPermitted``, ``NotFound``; ``InvalidInput`` for an unknown role, a closed unit, dates out of order or a post
    held in this unit at that time.
    """
    unit = locked(Unit, unit_id)
    require(may_configure(actor, unit))
    require(not set(roles) & rules.SEES_ALL or rules.may_administer_platform(actor))
    locked(Person, person_id)
    if unit.closed_on is not None:
        raise InvalidInput.at("unit_id", "closed", _("This unit is closed."))
    groups = list(Group.objects.filter(name__in=set(roles)))
    if len(groups) != len(set(roles)):
        raise InvalidInput.at("roles", "role", _("There is no such role."))
    first = valid_from or clock.today()
    if valid_to is not None and valid_to < first:
        raise InvalidInput.at("valid_to", "order", _("The last day lies before the first."))
    held = Post.objects.filter(person_id=person_id, unit_id=unit_id).exclude(valid_to__lt=first)
    if valid_to is not None:
        held = held.exclude(valid_from__gt=valid_to)
    if held.exists():
        raise InvalidInput.at("valid_from", "overlap", _("This person already holds a post in this unit at that time."))
    post = Post.objects.create(
        person_id=person_id, unit=unit, title=title, is_head=is_head, valid_from=first, valid_to=valid_to
    )
    post.roles.set(groups)
    refs = (Ref("post", str(post.pk)), party_ref(person_id), party_ref(unit.department_id))
    journal.record(actor, "identity.appoint", *refs, content=sorted(roles))
    return post


@transaction.atomic
def end_post(actor: Actor, *, post_id: int, last_day: dt.date | None = None) -> Post:
    """The person leaves the post after that day (today). Raises ``NotPermitted``, ``NotFound``;
    ``TransitionNotAllowed`` when it has ended; ``InvalidInput`` when the day lies before the first.
    """
    post = locked(Post, post_id)
    require(may_configure(actor, post.unit))
    day = last_day or clock.today()
    if post.valid_to is not None and post.valid_to < clock.today():
        raise TransitionNotAllowed(_("This post has ended."))
    if day < post.valid_from:
        raise InvalidInput.at("last_day", "order", _("The last day lies before the first."))
    post.valid_to = day
    post.save(update_fields=["valid_to"])
    refs = (Ref("post", str(post.pk)), party_ref(post.person_id), party_ref(post.unit.department_id))
    journal.record(actor, "identity.end_post", *refs)
    outbox.emit(
        PostEnded(post_id=post.pk, person_id=post.person_id, unit_id=post.unit_id, last_day=day.isoformat()),
        request_id=actor.request_id,
    )
    return post


@transaction.atomic
def grant_configuration(actor: Actor, *, account_id: int, thing: Any) -> None:
    """Let an account configure one department, or one thing of a department (a service).

    For whoever may administer the department themselves. Raises ``NotPermitted``, ``NotFound``.
    """
    _change_configuration(actor, account_id, thing, "identity.grant_configuration", assign_perm)


@transaction.atomic
def withdraw_configuration(actor: Actor, *, account_id: int, thing: Any) -> None:
    """Raises ``NotPermitted``, ``NotFound``."""
    _change_configuration(actor, account_id, thing, "identity.withdraw_configuration", remove_perm)


def _change_configuration(actor: Actor, account_id: int, thing: Any, act: str, change: Any) -> None:
    department_id = thing.pk if isinstance(thing, Organisation) else thing.department_id
    require(rules.may_administer(actor, department_id))  # what was granted cannot be passed on
    account = locked(Account, account_id)
    name = thing._meta.model_name
    change(f"{thing._meta.app_label}.configure_{name}", account, thing)
    journal.record(actor, act, Ref("account", str(account_id)), Ref(name, str(thing.pk)), party_ref(department_id))
