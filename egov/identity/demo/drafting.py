"""Making up people: names, numbers that belong to nobody, and writing many rows with few statements."""

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from egov.identity import rules
from egov.identity.demo.names import FEMALE, MALE, SURNAMES
from egov.identity.models import Contact, Identifier, Party, PartyKind, Person
from egov.kernel import secrets

# Everything is as of this day, so that the same seed lays the same city whenever it is laid.
AS_OF = dt.date(2026, 1, 1)
IN_OFFICE_SINCE = dt.date(2024, 1, 1)


class Numbers:
    """Identity numbers that belong to nobody: areas of the fictional province, sequence 996 to 999."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._used = set(taken)  # the first 17 characters

    def draw(self, area: str, born_on: dt.date, sex: str) -> tuple[str, dt.date]:
        """A number and the birth date in it: some day on or after ``born_on`` for which one is left."""
        while True:
            for sequence in (997, 999) if sex == "male" else (996, 998):
                body = f"{area}{born_on:%Y%m%d}{sequence}"
                if body not in self._used:
                    self._used.add(body)
                    return body + rules.resident_check_character(body), born_on
            born_on += dt.timedelta(days=1)


@dataclass(eq=False)
class Draft:
    """A person before there is a row."""

    name: str
    latin: str
    sex: str
    born_on: dt.date
    number: str
    region: str
    address: str = ""
    registered_region: str = ""
    phone: str = ""
    email: str = ""
    person: Person = field(init=False)

    @property
    def surname(self) -> tuple[str, str]:
        for chinese, latin, _share in SURNAMES:
            if self.name.startswith(chinese):
                return chinese, latin
        return self.name[:1], self.latin.split()[0]

    def age(self) -> int:
        return rules.age_on(self.born_on, AS_OF)


class Maker:
    """Draws people from one source of chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.numbers = Numbers()
        self.drafts: list[Draft] = []

    def person(
        self,
        *,
        age: tuple[int, int],
        sex: str = "",
        region: str,
        surname: tuple[str, str] | None = None,
        name: tuple[str, str] | None = None,
        born_on: dt.date | None = None,
        area: str = "",
    ) -> Draft:
        rng = self.rng
        sex = sex or rng.choice(("female", "male"))
        chosen, latin = name or self._name(sex, surname)
        wanted = born_on or self._birth_date(*age)
        number, born_on = self.numbers.draw(area or region, wanted, sex)
        draft = Draft(chosen, latin, sex, born_on, number, region, registered_region=area or region)
        if draft.age() >= 16:
            serial = len(self.drafts) + 1
            draft.phone = f"+861990000{serial:04d}"
            draft.email = f"resident{serial:04d}@example.com"
        self.drafts.append(draft)
        return draft

    def _name(self, sex: str, surname: tuple[str, str] | None) -> tuple[str, str]:
        family, latin = (
            surname
            or self.rng.choices(
                [(chinese, reading) for chinese, reading, _ in SURNAMES], [share for *_, share in SURNAMES]
            )[0]
        )
        syllables = self.rng.sample(FEMALE if sex == "female" else MALE, k=self.rng.choice((1, 2, 2, 2)))
        given = "".join(each for each, _ in syllables)
        return f"{family}{given}", f"{latin} {''.join(reading for _, reading in syllables).capitalize()}"

    def _birth_date(self, youngest: int, oldest: int) -> dt.date:
        return AS_OF - dt.timedelta(
            days=self.rng.randint(youngest * 365 + youngest // 4, (oldest + 1) * 365 + oldest // 4 - 1)
        )


def write_people(drafts: Sequence[Draft]) -> None:
    """Parties, people, numbers and contacts: four inserts however many they are."""
    parties = Party.objects.bulk_create(
        Party(kind=PartyKind.PERSON, name=each.name, region_id=each.region) for each in drafts
    )
    people = Person.objects.bulk_create(
        Person(
            party=party,
            sex=each.sex,
            born_on=each.born_on,
            registered_region_id=each.registered_region,
            address=each.address,
            name_latin=each.latin,
        )
        for party, each in zip(parties, drafts, strict=True)
    )
    for each, person in zip(drafts, people, strict=True):
        each.person = person
    write_numbers("cn.ric", [(each.person.pk, each.number, each.born_on) for each in drafts])
    Contact.objects.bulk_create(_contacts(drafts))


def write_numbers(scheme: str, numbers: Iterable[tuple[int, str, dt.date]]) -> None:
    """``numbers``: party, number, first day."""
    Identifier.objects.bulk_create(
        Identifier(
            party_id=party_id,
            scheme=scheme,
            encrypted=secrets.encrypt(number),
            digest=secrets.keyed_digest(number),
            masked=rules.masked(scheme, number),
            valid_from=since,
        )
        for party_id, number, since in numbers
    )


def _contacts(drafts: Sequence[Draft]) -> list[Contact]:
    verified = dt.datetime.combine(AS_OF, dt.time(), dt.UTC)
    rows = []
    for each in drafts:
        for channel, value, shown in (
            ("sms", each.phone, rules.mask_phone(each.phone)),
            ("email", each.email, rules.mask_email(each.email)),
        ):
            if value:
                rows.append(
                    Contact(
                        party_id=each.person.pk,
                        channel=channel,
                        encrypted=secrets.encrypt(value),
                        masked=shown,
                        verified_at=verified,
                    )
                )
    return rows
