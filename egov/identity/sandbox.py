"""An identity provider for demonstrations and tests: it knows the people on register, and only synthetic numbers.

A number with a sequence of 996 to 999, or of a fictional area, belongs to nobody; with any other it refuses, so that
a forgotten sandbox can't hand a real person's identity to somebody else.
"""

from egov.identity import rules
from egov.identity.queries import party_by_number
from egov.identity.registry import VerifiedIdentity
from egov.kernel.errors import InvalidInput
from egov.kernel.text import LocalisedText


class SandboxProvider:
    key = "sandbox"
    name: LocalisedText = {"zh-Hans": "模拟实名认证", "en": "Sandbox identity check"}

    def verify(self, *, name: str, id_number: str) -> VerifiedIdentity | None:
        try:
            number = rules.check_resident_id(id_number)
        except InvalidInput:
            return None
        if not rules.is_synthetic(number):
            return None
        party = party_by_number("cn.ric", number.number)
        if party is not None and party.name != name:
            return None
        return VerifiedIdentity(name, number.number, number.born_on, number.sex)

    def check(self) -> str:
        return ""
