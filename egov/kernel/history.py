"""What administrators configure keeps its earlier values: which fields changed, when, and who was acting.

A trigger of the database writes each earlier value (django-pghistory), whichever way the row was changed; ``acting``
adds who it was. The journal proves the act, this shows its content.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

import pghistory
from django.apps import apps
from django.db import models

from egov.kernel.actor import Actor

M = TypeVar("M", bound=type[models.Model])

UPDATE, DELETE = "update", "delete"


def keeps_history(model: M) -> M:
    """Class decorator: earlier values of the rows are kept on update and on delete."""
    changed = pghistory.UpdateEvent(condition=pghistory.AnyChange(), row=pghistory.Old)
    row = pghistory.ObjForeignKey(related_name="earlier")
    track = pghistory.track(changed, pghistory.DeleteEvent(), obj_field=row)
    return track(model)


def acting(actor: Actor) -> AbstractContextManager[Any]:
    """Changes inside are shown as the actor's: capacity and party, never a name."""
    context: AbstractContextManager[Any] = pghistory.context(
        capacity=actor.capacity, party=actor.party_id, request=actor.request_id
    )
    return context


@dataclass(frozen=True)
class FieldChange:
    """``name`` is the column; None in ``before`` or ``after`` means: nothing stood or stands there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One change of one row. ``party_id`` is None when a command or a program made it."""

    model: str  # "identity.unit"
    key: Any
    title: str
    at: dt.datetime
    removed: bool
    party_id: int | None
    fields: tuple[FieldChange, ...]


def changes_of(row: models.Model, *, limit: int = 30) -> list[Change]:
    """The changes of one row, newest first (one statement)."""
    events = _event_model(type(row)).objects.filter(pgh_obj_id=row.pk)
    return list(_changes(type(row), _read(events, limit), {row.pk: row}))


def recent_changes(model: type[models.Model], *, limit: int = 50, **only: Any) -> list[Change]:
    """The last changes of all rows of a model whose earlier values fit ``only`` (two statements)."""
    events = _read(_event_model(model).objects.filter(**only), limit)
    rows = model._default_manager.in_bulk({event.pgh_obj_id for event in events})
    return list(_changes(model, events, rows))


def _read(events: "models.QuerySet[Any]", limit: int) -> list[Any]:
    return list(events.select_related("pgh_context").order_by("-pgh_id")[:limit])


def _changes(model: type[models.Model], events: Sequence[Any], rows: Mapping[Any, models.Model]) -> Iterator[Change]:
    """Each event holds what stood before; what came after is the next event's, or the row as it stands."""
    later: dict[Any, Any] = dict(rows)
    for event in events:
        after = later.get(event.pgh_obj_id)
        later[event.pgh_obj_id] = event
        context = event.pgh_context.metadata if event.pgh_context else {}
        removed = event.pgh_label == DELETE
        fields = tuple(_differing(model, event, None if removed else after))
        if removed or fields:
            yield Change(
                model=model._meta.label_lower,
                key=event.pgh_obj_id,
                title=str(event.pgh_obj_id) if removed else str(rows.get(event.pgh_obj_id, event.pgh_obj_id)),
                at=event.pgh_created_at,
                removed=removed,
                party_id=context.get("party"),
                fields=fields,
            )


def _differing(model: type[models.Model], before: Any, after: Any) -> Iterator[FieldChange]:
    for field in model._meta.concrete_fields:
        old = getattr(before, field.attname)
        new = getattr(after, field.attname) if after is not None else None
        if old != new and not field.primary_key:
            yield FieldChange(field.name, old, new)


def _event_model(model: type[models.Model]) -> Any:
    return apps.get_model(model._meta.app_label, f"{model.__name__}Event")
