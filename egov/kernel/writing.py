"""New rows of an act in one round trip, whatever tables they are for.

Each room writes its rows by ``insert``. An act that leads through several rooms opens ``together`` around them: the rows
are held back and written by one statement at its end, or before anything else is asked of the database, so that
nobody ever misses a row that was written before. Round trips are the larger part of what a small insert costs.
"""

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.functional import Promise

M = TypeVar("M", bound=models.Model)

# Their values go to the driver as they are: text, numbers, truth and moments.
_PLAIN = (
    *(models.CharField, models.TextField, models.IntegerField, models.BooleanField),
    *(models.DateTimeField, models.ForeignKey),
)
_held = threading.local()


def insert(rows: Sequence[M]) -> list[M]:
    """Write new rows of one model (no signals, no ``auto_now``). Their keys are set once they are written.

    Foreign keys may point at rows that are held back too. Raises ``IntegrityError``, inside ``together`` at its end.
    """
    found = list(rows)
    if not found:
        return found
    held: _Held | None = getattr(_held, "now", None)
    if held is not None:
        held.rows.append(found)
    else:
        _write([found])
    return found


@contextmanager
def together() -> Iterator[None]:
    """Hold back what is inserted in this block and write it in one statement. Only inside a transaction."""
    if getattr(_held, "now", None) is not None:
        yield
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("rows are written together inside the act's transaction")
    held = _held.now = _Held()
    try:
        with connection.execute_wrapper(held.before_anything_else):
            yield
            held.write()
    finally:
        _held.now = None


class _Held:
    def __init__(self) -> None:
        self.rows: list[list[Any]] = []

    def write(self) -> None:
        rows, self.rows = self.rows, []
        if rows:
            _write(rows)

    def before_anything_else(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.write()
        return execute(sql, params, many, context)


class _Table:
    """How rows of a model become values, found out once."""

    def __init__(self, model: type[models.Model]) -> None:
        fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
        if any(getattr(field, name, False) for field in fields for name in ("auto_now", "auto_now_add")):
            raise TypeError(f"{model._meta.label} has moments that only save() sets")
        quote = connection.ops.quote_name
        self.key = quote(str(model._meta.pk.column))
        self.head = f"insert into {quote(model._meta.db_table)} ({', '.join(quote(f.column) for f in fields)}) values "
        self.columns = [(field, field.attname, self._prepare(field), field.is_relation) for field in fields]

    @staticmethod
    def _prepare(field: "models.Field[Any, Any]") -> Callable[..., Any] | None:
        return None if isinstance(field, _PLAIN) else field.get_db_prep_save

    def values(self, row: models.Model, places: dict[int, str], parameters: list[Any]) -> str:
        """The row's part of the statement; ``places`` says where the key of a row held back too will be found."""
        shown = []
        for field, name, prepare, is_relation in self.columns:
            value = getattr(row, name)
            if is_relation and value is None and field.is_cached(row):
                other = field.get_cached_value(row)
                if other is not None:
                    shown.append(places[id(other)])
                    continue
            if prepare is not None:
                value = prepare(value, connection)
            elif isinstance(value, Promise):
                value = str(value)
            shown.append("%s")
            parameters.append(value)
        return f"({', '.join(shown)})"


_table = functools.cache(_Table)


def _write(groups: Sequence[Sequence[models.Model]]) -> None:
    """One statement: an insert, or several of which the later ones find the keys of the earlier."""
    places: dict[int, str] = {}
    parameters: list[Any] = []
    parts = []
    for number, rows in enumerate(groups):
        table = _table(type(rows[0]))
        values = ",\n".join(table.values(row, places, parameters) for row in rows)
        parts.append(f"{table.head}{values} returning {table.key}")
        places |= {
            id(row): f"(select {table.key} from r{number} offset {place} limit 1)" for place, row in enumerate(rows)
        }
    with connection.cursor() as cursor:
        if len(parts) == 1:
            cursor.execute(parts[0], parameters)
            keys = [[key for (key,) in cursor.fetchall()]]
        else:
            named = ",\n".join(f"r{number} as ({part})" for number, part in enumerate(parts))
            wanted = ", ".join(f"array(select * from r{number})" for number in range(len(parts)))
            cursor.execute(f"with {named}\nselect {wanted}", parameters)
            keys = list(cursor.fetchone())
    for rows, found in zip(groups, keys, strict=True):
        for row, key in zip(rows, found, strict=True):
            row.pk = key
            row._state.adding = False
            row._state.db = connection.alias
    for rows in groups:
        for row in rows:
            _point_at_keys(row)


def _point_at_keys(row: models.Model) -> None:
    """Foreign keys to rows that got their keys just now."""
    for field, name, _prepare, is_relation in _table(type(row)).columns:
        if is_relation and getattr(row, name) is None and field.is_cached(row):
            other = field.get_cached_value(row)
            if other is not None:
                setattr(row, name, other.pk)
