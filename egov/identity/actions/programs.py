"""Programs that act for an account through the API: registered and revoked by the person behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.idp.oidc.models import Client
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.actions.common import locked
from egov.identity.models import Account
from egov.journal import actions as journal
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import FieldError, InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref

SECRET_LENGTH = 48


@dataclass(frozen=True)
class Program:
    """``secret`` is known only now; the platform keeps its digest."""

    client: Client
    secret: str


@transaction.atomic
def register_program(account: Account, *, name: str, scopes: Sequence[str], request_id: str = "") -> Program:
    """A program that gets access tokens by client credentials and acts for ``account``, within ``scopes``.

    Raises ``InvalidInput``, ``NotPermitted`` for an account that nobody is behind, ``TransitionNotAllowed`` beyond 20.
    """
    row = locked(Account, account.pk)
    if row.person_id is None or not row.is_active:
        raise NotPermitted(
            _("Nobody is known to be behind this account yet."), way_out=_("Verify your identity first.")
        )
    name = " ".join(name.split())
    faults = []
    if not 2 <= len(name) <= 60 or not name.isprintable():
        faults.append(FieldError("name", "length", _("Give the program a name of 2 to 60 characters.")))
    if not scopes or not set(scopes) <= set(rules.API_SCOPES):
        faults.append(FieldError("scopes", "required", _("Choose what the program may do.")))
    if faults:
        raise InvalidInput(faults)
    if Client.objects.filter(owner=row).count() >= rules.MOST_PROGRAMS:
        raise TransitionNotAllowed(_("You have 20 programs. Remove one before you add another."))
    secret = get_random_string(SECRET_LENGTH)
    client = Client(name=name, owner=row, grant_types=Client.GrantType.CLIENT_CREDENTIALS, response_types="")
    chosen = [scope for scope in rules.API_SCOPES if scope in scopes]
    client.set_scopes(chosen)
    client.set_default_scopes(chosen)
    client.set_secret(secret)
    client.save()
    _record(row, "identity.register_program", client, request_id)
    return Program(client, secret)


@transaction.atomic
def remove_program(account: Account, *, client_id: str, request_id: str = "") -> None:
    """Its tokens end with it, at once. Raises ``NotFound`` also when it is somebody else's."""
    client = Client.objects.select_for_update().filter(pk=client_id, owner=account).first()
    if client is None:
        raise NotFound
    _record(account, "identity.remove_program", client, request_id)
    client.delete()


def _record(account: Account, act: str, client: Client, request_id: str) -> None:
    actor = Actor(
        kind=CapacityKind.SELF,
        capacity="self",
        account_id=account.pk,
        party_id=account.person_id,
        on_behalf_of_id=account.person_id,
    )
    refs = (Ref("account", str(account.pk)), Ref("program", client.pk))
    journal.record(actor.with_request(request_id), act, *refs, content={"name": client.name, "scopes": client.scopes})
