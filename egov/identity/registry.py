"""Who can say that a name and a number belong to the person in front of the screen."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class VerifiedIdentity:
    """What a provider vouches for."""

    name: str
    id_number: str
    born_on: dt.date | None = None
    sex: str = ""
    region_code: str = ""


class IdentityProvider(Protocol):
    """Asked outside any transaction: a remote provider may take its time."""

    key: str
    name: LocalisedText

    def verify(self, *, name: str, id_number: str) -> VerifiedIdentity | None:
        """The identity, or None when name and number do not belong together. Raises ``Unavailable``."""

    def check(self) -> str:
        """ "" when it works, else what is wrong; shown to administrators."""


identity_providers: Registry[IdentityProvider] = Registry("identity providers")


def enabled() -> list[IdentityProvider]:
    """The providers this instance uses, in the order of its settings."""
    return [identity_providers.get(key) for key in settings.EGOV_IDENTITY_PROVIDERS]
