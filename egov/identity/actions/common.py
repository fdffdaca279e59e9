"""What several actions of this room need: the question whether the actor may, and rows under lock."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.models import Identifier, Party
from egov.identity.queries.regions import regions
from egov.kernel import clock, secrets
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref

M = TypeVar("M", bound=Model)


def require(allowed: bool) -> None:
    """Raises ``NotPermitted``."""
    if not allowed:
        raise NotPermitted()


def party_ref(party_id: int) -> Ref:
    return Ref("party", str(party_id))


def locked(model: type[M], pk: Any) -> M:
    """The row, locked until the transaction ends. Raises ``NotFound``."""
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def known_region(code: str, *, path: str = "region_code") -> str | None:
    """``code`` when there is such a region, None for an empty one. Raises ``InvalidInput``."""
    if not code:
        return None
    if code not in regions():
        raise InvalidInput.at(path, "region", _("There is no such region."))
    return code


def add_number(party_id: int, scheme: str, number: str, *, path: str, since: Any = None) -> Identifier:
    """A number of the party from now on. ``number`` is checked already. Raises ``InvalidInput`` when it is taken."""
    digest = secrets.keyed_digest(number)
    if Identifier.objects.filter(scheme=scheme, digest=digest, valid_to__isnull=True).exists():
        raise InvalidInput.at(path, "taken", _("This number already belongs to someone."))
    return Identifier.objects.create(
        party_id=party_id,
        scheme=scheme,
        encrypted=secrets.encrypt(number),
        digest=digest,
        masked=rules.masked(scheme, number),
        valid_from=since or clock.today(),
    )


def write(row: Model, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Set and save what differs; the fields changed with their new values."""
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
    return changed


def party_named(party_id: int) -> Party:
    """Raises ``NotFound``."""
    found = Party.objects.filter(pk=party_id).first()
    if found is None:
        raise NotFound()
    return found
