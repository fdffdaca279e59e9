"""Numbers, names, ages, and who may act for whom. No database.

Facts: Resident Identity Card Law art. 3 and GB 11643-1999; GB 32100-2015; Civil Code arts. 17–39.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.kernel import clock
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, Text

# --- Resident identity number -----------------------------------------------------------------------

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"  # ISO 7064 MOD 11-2


@dataclass(frozen=True)
class ResidentId:
    """A valid number and what it says. ``area`` is where it was given, which need not exist any more."""

    number: str
    born_on: dt.date
    sex: str  # "male" or "female"
    area: str


def check_resident_id(number: str, *, path: str = "id_number", today: dt.date | None = None) -> ResidentId:
    """The number in its proper form (upper-case X) with birth date and sex.

    Accepts the numbers of residents, of Hong Kong, Macao and Taiwan residents' permits (81, 82, 83) and of foreign
    permanent residents (9…), which share form and check character. The address code is deliberately not looked up:
    it may name a county that was abolished. ``today`` defaults to the clock's day.

    Raises ``InvalidInput`` at ``path`` with the code ``length``, ``characters``, ``date``, ``future`` or ``check``.
    """
    number = normalise(number)
    if len(number) != 18:
        raise _fault(path, "length", _("An identity number has 18 characters."))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise _fault(path, "characters", _("An identity number has 17 digits and a digit or X at the end."))
    try:
        born_on = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _fault(path, "date", _("The birth date in this number does not exist.")) from None
    if born_on > (today or clock.today()):
        raise _fault(path, "future", _("The birth date in this number lies in the future."))
    if number[17] != resident_check_character(number[:17]):
        raise _fault(path, "check", _("The number has a typing error: the last character does not fit the others."))
    return ResidentId(number, born_on, "male" if int(number[16]) % 2 else "female", number[:6])


def resident_check_character(body: str) -> str:
    """The 18th character for the first 17 digits."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def make_resident_id(*, area: str, born_on: dt.date, sex: str, serial: int) -> str:
    """The number of the ``serial``-th person of that sex born that day in the area (GB 11643-1999).

    Odd orders are male, even ones female; the last four are left out: they were kept for people over a hundred.
    """
    order = 2 * serial - (sex == "male")
    if not 0 < order < 996:
        raise ValueError("no number is left for this area and day")
    body = f"{area}{born_on:%Y%m%d}{order:03d}"
    return body + resident_check_character(body)


def from_first_generation(number: str) -> str:
    """The 18 characters for the 15 digits of a first-generation card (unusable since 2013, still in old files).

    Raises ``InvalidInput`` when it has not 15 digits.
    """
    number = normalise(number)
    if not re.fullmatch(r"[0-9]{15}", number):
        raise _fault("id_number", "characters", _("A first-generation number has 15 digits."))
    body = f"{number[:6]}19{number[6:]}"
    return body + resident_check_character(body)


# --- Unified social credit code ---------------------------------------------------------------------

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z
_USCC_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class CreditCode:
    """A valid code. ``area`` is the registering office's and stays when the organisation moves."""

    number: str
    authority: str  # registering authority, e.g. "9" market regulation
    kind: str  # class under that authority, e.g. "1" enterprise
    area: str
    body: str  # nine characters of GB 11714


def check_uscc(number: str, *, path: str = "uscc") -> CreditCode:
    """The code in upper case with its parts.

    Raises ``InvalidInput`` at ``path`` with the code ``length``, ``characters``, ``area``, ``organisation_check`` or
    ``check``.
    """
    number = normalise(number)
    if len(number) != 18:
        raise _fault(path, "length", _("A unified social credit code has 18 characters."))
    if not set(number) <= set(_USCC_ALPHABET):
        raise _fault(
            path, "characters", _("A unified social credit code has digits and capital letters without I, O, S, V, Z.")
        )
    if not number[2:8].isdigit():
        raise _fault(path, "area", _("Characters 3 to 8 of the code are digits."))
    if number[16] != organisation_check_character(number[8:16]):
        raise _fault(path, "organisation_check", _("The code has a typing error between characters 9 and 17."))
    if number[17] != credit_check_character(number[:17]):
        raise _fault(path, "check", _("The code has a typing error: the last character does not fit the others."))
    return CreditCode(number, number[0], number[1], number[2:8], number[8:17])


def organisation_check_character(body: str) -> str:
    """The 9th character of an organisation code (GB 11714) for its first 8."""
    total = sum(_BODY_ALPHABET.index(each) * weight for each, weight in zip(body, _BODY_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_check_character(body: str) -> str:
    """The 18th character of a credit code for its first 17."""
    total = sum(_USCC_ALPHABET.index(each) * weight for each, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def make_uscc(*, prefix: str, area: str, body: str) -> str:
    """The code for a registering authority and class (``prefix``, "91"), an area (6 digits) and 8 characters."""
    stem = f"{prefix}{area}{body}{organisation_check_character(body)}"
    return stem + credit_check_character(stem)


def body_of(serial: int) -> str:
    """Eight characters for the ``serial``-th organisation registered here: "MA" and the number to base 31."""
    digits = ""
    for _place in range(6):
        serial, digit = divmod(serial, 31)
        digits = _USCC_ALPHABET[digit] + digits
    if serial:
        raise ValueError("more than 31^6 organisations")
    return f"MA{digits}"


# Registering authority and class by kind of organisation (GB 32100-2015, table 1).
USCC_PREFIXES = {
    "enterprise": "91",
    "sole_trader": "92",
    "department": "11",
    "institution": "12",
    "social_organisation": "51",
    "other": "Y1",
}

# --- Other numbers ----------------------------------------------------------------------------------


def check_passport(number: str, *, path: str = "passport") -> str:
    """A passport or travel permit number; there is no check character. Raises ``InvalidInput``."""
    number = normalise(number)
    if not re.fullmatch(r"[0-9A-Z]{5,18}", number):
        raise _fault(path, "characters", _("A passport number has 5 to 18 letters and digits."))
    return number


def check_phone(number: str, *, path: str = "phone", region: str = "CN") -> str:
    """The number in international form (+86…). Raises ``InvalidInput``."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        raise _fault(path, "phone", _("This is not a telephone number."))
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def check_email(address: str, *, path: str = "email") -> str:
    """Raises ``InvalidInput``."""
    address = unicodedata.normalize("NFKC", address).strip()
    try:
        validate_email(address)
    except ValidationError:
        raise _fault(path, "email", _("This is not an e-mail address.")) from None
    return address


def normalise(number: str) -> str:
    """What a person typed: any width, without spaces, in upper case."""
    return "".join(unicodedata.normalize("NFKC", number).upper().split())


CHECKS = {
    "cn.ric": lambda number: check_resident_id(number).number,
    "cn.uscc": lambda number: check_uscc(number).number,
    "passport": check_passport,
    "phone": check_phone,
}


def check_number(scheme: str, number: str) -> str:
    """``number`` in the proper form of its scheme. Raises ``InvalidInput``."""
    return CHECKS[scheme](number)  # type: ignore[no-untyped-call]


def is_synthetic(number: ResidentId) -> bool:
    """Whether the number belongs to nobody: sequence 996–999 (kept for people born long ago) or a fictional area."""
    return number.area.startswith("99") or (number.number[14:17] >= "996" and number.born_on.year > 1930)


def _fault(path: str, code: str, message: Text) -> InvalidInput:
    return InvalidInput.at(path, code, message)


# --- Masking ----------------------------------------------------------------------------------------

_COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
        "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
        "段干百里呼延东郭南门羊舌微生公户公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五公乘贯丘公皙"
        "南荣东里东宫仲长子书子桑即墨达奚褚师",
    )
)


def mask_name(name: str) -> str:
    """The surname and a star: 张*, 欧阳*, Lin *."""
    name = name.strip()
    if " " in name:
        return f"{name.split()[0]} *"
    surname = name[:2] if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else name[:1]
    return f"{surname}*"


def mask_number(number: str) -> str:
    """First three and last four characters of long numbers, fewer of short ones: 110***********9972."""
    if len(number) >= 15:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return f"{number[:1]}{'*' * max(len(number) - 3, 1)}{number[-2:]}" if len(number) > 4 else "*" * len(number)


def mask_phone(number: str) -> str:
    """138****1234, with the country's code when it is another's."""
    national = number.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def mask_email(address: str) -> str:
    name, _at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def masked(scheme: str, number: str) -> str:
    """How a number of this scheme is shown. Credit codes are public."""
    if scheme == "cn.uscc":
        return number
    return mask_phone(number) if scheme == "phone" else mask_number(number)


# --- Age, guardianship, marriage --------------------------------------------------------------------

ADULT = 18  # Civil Code art. 17
MARRIAGE_AGE = {"male": 22, "female": 20}  # Civil Code art. 1047


def birthday(born_on: dt.date, year: int) -> dt.date:
    """The day in ``year`` on which a year of age is reached; born on 29 February: 1 March in a common year."""
    try:
        return born_on.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Completed years of age."""
    return day.year - born_on.year - (day < birthday(born_on, day.year))


def is_minor(born_on: dt.date | None, day: dt.date) -> bool:
    """Under 18. Somebody without a known birth date is not taken for a minor."""
    return born_on is not None and age_on(born_on, day) < ADULT


def acts_by_law(*, kind: str, since: dt.date, born_on: dt.date | None, other_guardian: bool, day: dt.date) -> bool:
    """Whether a parent or guardian represents this person on ``day`` (Civil Code arts. 23, 27, 28).

    Parents represent their minor children, unless another guardian was appointed, which happens only where they can't.
    A guardianship over a minor ends at 18 (art. 39); over an adult without capacity it begins later and runs on.
    """
    if kind == "parent":
        return is_minor(born_on, day) and not other_guardian
    if kind != "guardian":
        return False
    began_as_minor = born_on is not None and is_minor(born_on, since)
    return not began_as_minor or is_minor(born_on, day)


# --- Who may ----------------------------------------------------------------------------------------

# Roles whose officers write into the registers of people and organisations, in deciding a case or at the window.
REGISTRARS = frozenset({"clerk", "reviewer", "section_head", "department_head", "records", "platform_admin"})
SEES_ALL = frozenset({"supervisor", "platform_admin"})
VERIFIED = 2  # level of verified identity from which a person may bind themselves


def may_register(actor: Actor) -> bool:
    """Whether the actor may write into the registers of people and organisations."""
    return actor.is_system or (actor.is_staff and bool(actor.roles & REGISTRARS))


def may_administer_platform(actor: Actor) -> bool:
    return actor.is_system or (actor.is_staff and actor.has_role("platform_admin"))


def may_administer(actor: Actor, department_id: int) -> bool:
    """Whether the actor's own post lets them configure this department; for more see ``queries.may_configure``."""
    own = actor.is_staff and actor.has_role("department_admin") and actor.department_id == department_id
    return own or may_administer_platform(actor)


def may_bind(actor: Actor, party_id: int) -> bool:
    """Whether the actor may give others a mandate for this party: the person, or the organisation's representative.

    An agent may not pass the mandate on (Civil Code art. 169), nor a guardian give one away.
    """
    kinds = (CapacityKind.SELF, CapacityKind.REPRESENTATIVE)
    return actor.kind in kinds and actor.on_behalf_of_id == party_id and actor.assurance >= VERIFIED


def may_act_for(actor: Actor, party_id: int) -> bool:
    """Whether the actor stands on this party's side, in whichever capacity (an agent for all services only)."""
    return actor.is_applicant and actor.on_behalf_of_id == party_id and actor.mandate_services is None


def visible(
    actor: Actor,
    *,
    applicant: str = "applicant_id",
    department: str = "department_id",
    service: str | None = None,
) -> Q:
    """Which rows the actor may see, by the columns of the row itself, so that an index answers.

    Those for whom the actor acts (an agent: of the services of the mandate, in the column ``service``); in a post,
    those of the department, or all for supervision. Nothing for anybody else.
    """
    if actor.is_system or (actor.is_staff and actor.roles & SEES_ALL):
        return Q()
    if actor.is_staff and actor.department_id is not None:
        return Q(**{department: actor.department_id})
    if not actor.is_applicant:
        return Q(pk__in=[])
    rows = Q(**{applicant: actor.on_behalf_of_id})
    if actor.mandate_services is not None:
        rows &= Q(**{f"{service}__in": actor.mandate_services}) if service else Q(pk__in=[])
    return rows


# How far a program's access to the API reaches: everything, reading only, an applicant's part, a post's part.
API_SCOPES = ("api", "api.read", "api.file", "api.desk")
MOST_PROGRAMS = 20  # of one account
