"""The permission questions of the catalogue: who may configure what, and who lets others."""

from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from egov.catalogue import queries
from egov.catalogue.models import PublicService
from egov.identity import rules as identity
from egov.identity.models import Account
from egov.identity.queries import scope_of
from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted
from egov.kernel.refs import Ref

PLATFORM = "platform_admin"
CONFIGURE = "catalogue.configure_publicservice"


def is_platform(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(PLATFORM)


def must_be_platform(actor: Actor) -> None:
    if not is_platform(actor):
        raise NotPermitted()


def must_configure(actor: Actor, service: PublicService) -> None:
    """See ``queries.may_configure``. Raises ``NotPermitted``."""
    if not queries.may_configure(actor, service):
        raise NotPermitted()


def must_configure_department(actor: Actor, department_id: int) -> None:
    """Raises ``NotPermitted``."""
    if not (is_platform(actor) or scope_of(actor).covers(department_id)):
        raise NotPermitted()


@transaction.atomic
def grant_service(actor: Actor, *, account_id: int, code: str) -> None:
    """Let an account configure one service: its versions, sentences, switch. Not whose task it is.

    For administrators, by role, of the platform or of a competent department: what was granted is not passed on.
    Raises ``NotPermitted``, ``NotFound``.
    """
    _change_grant(actor, account_id, code, "catalogue.grant_service", assign_perm)


@transaction.atomic
def withdraw_service(actor: Actor, *, account_id: int, code: str) -> None:
    """Raises ``NotPermitted``, ``NotFound``."""
    _change_grant(actor, account_id, code, "catalogue.withdraw_service", remove_perm)


def _change_grant(actor: Actor, account_id: int, code: str, act: str, change: object) -> None:
    service = queries.service(code)
    competent = {row.department_id for row in queries.rows_for(service)}
    if not (is_platform(actor) or any(identity.may_administer(actor, each) for each in competent)):
        raise NotPermitted()
    account = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise NotFound()
    change(CONFIGURE, account, service)  # type: ignore[operator]
    journal.record(actor, act, Ref("account", str(account_id)), Ref("service", code))
