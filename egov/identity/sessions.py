"""Sessions in the database. The account that logged in comes with its session, and the person behind it.

Every request of somebody who is logged in begins with these; they are one statement. Who may use a session is decided
as Django does it: what is not plainly in order goes Django's own way.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from egov.identity.models import Account, Party, Person, Session
from egov.kernel import clock

_ACCOUNT = [field.attname for field in Account._meta.concrete_fields]
_PERSON, _PARTY = ["party_id", "died_on"], ["id", "kind", "name", "region_id"]


def _columns(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


_READ = f"""
select session.session_data, session.expire_date,
  {_columns("account", _ACCOUNT)}, {_columns("person", _PERSON)}, {_columns("party", _PARTY)}
from {Session._meta.db_table} session
left join {Account._meta.db_table} account on account.id = session.account_id
left join {Person._meta.db_table} person on person.party_id = account.person_id
left join {Party._meta.db_table} party on party.id = person.party_id
where session.session_key = %s and session.expire_date > %s
"""  # noqa: S608 - put together from our own models


class SessionStore(DatabaseSessions):
    account: Account | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.account_id = data.get(auth.SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.session_key, clock.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        data, expires, *found = row
        self.account = _account(found)
        return Session(session_key=str(self.session_key), session_data=data, expire_date=expires)


def _account(values: Sequence[Any]) -> Account | None:
    """With its person and party; what is rarely asked of these two is left to a statement of its own."""
    own, rest = values[: len(_ACCOUNT)], values[len(_ACCOUNT) :]
    if own[0] is None:
        return None
    account = Account.from_db(connection.alias, _ACCOUNT, own)
    if account.person_id is not None:
        account.person = Person.from_db(connection.alias, _PERSON, rest[: len(_PERSON)])
        account.person.party = Party.from_db(connection.alias, _PARTY, rest[len(_PERSON) :])
    return account


class AccountMiddleware(AuthenticationMiddleware):
    """``request.user`` without a statement of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    session = request.session
    owner = session.get(auth.SESSION_KEY)
    account: Account | None = getattr(session, "account", None)
    if (
        account is not None
        and owner == str(account.pk)
        and account.is_active
        and session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    ):
        return account
    return auth.get_user(request)
