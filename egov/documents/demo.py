"""The demonstration city's papers: documents and certificates of its past, typeset when somebody first opens one.

Written in bulk under the same constraints as any other; numbers are drawn from the same counters, so that what is
issued later goes on after them. The same source of chance gives the same codes.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from egov.documents import registry, rules, storage
from egov.documents.actions import issuer_code
from egov.documents.actions.files import party_ref
from egov.documents.actions.issuing import document_ref
from egov.documents.models import Credential, IssuedDocument, StoredFile
from egov.identity.models import Organisation
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock, counters, references
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise


@dataclass(frozen=True, kw_only=True)
class PastDocument:
    """A document of the past; see ``actions.DocumentSpec``. It is pending: nobody has opened it yet."""

    template: str
    title: LocalisedText
    subject: Ref
    holder_id: int | None
    department_id: int
    issued_at: dt.datetime
    data: dict[str, Any] = field(default_factory=dict)
    language: str = "zh-Hans"
    series: str = ""
    number: str = ""
    actor: Actor = SYSTEM


@transaction.atomic
def lay_documents(rng: random.Random, documents: Sequence[PastDocument]) -> list[IssuedDocument]:
    """Insert ``documents`` with their journal entries (two statements, one for each series of numbers); in the order given."""
    numbers = _numbers(documents)
    rows = IssuedDocument.objects.bulk_create(
        [
            IssuedDocument(
                reference=references.draw("I", day=clock.local(each.issued_at).date()),
                code=rules.new_code(rng.choice),
                template=str(rules.TemplateKey.parse(each.template)),
                number=each.number or numbers.get(index, ""),
                title=each.title,
                language=rules.document_language(each.language),
                subject=str(each.subject),
                holder_id=each.holder_id,
                department_id=each.department_id,
                data=rules.printable(each.data),
                issued_at=each.issued_at,
            )
            for index, each in enumerate(documents)
        ],
        batch_size=1000,
    )
    lay_entries(
        PastAct(
            row.issued_at,
            each.actor,
            "documents.issue",
            [document_ref(row), each.subject, *party_ref(each.holder_id)],
            {"code": row.code, "template": row.template, "data": row.data},
        )
        for row, each in zip(rows, documents, strict=True)
    )
    return rows


def _numbers(documents: Sequence[PastDocument]) -> dict[int, str]:
    """发文字号 by place in ``documents``: per department, series and year, in the order of issue."""
    series: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for index, each in sorted(enumerate(documents), key=lambda pair: (pair[1].issued_at, pair[0])):
        if each.series:
            series[each.department_id, each.series, clock.local(each.issued_at).year].append(index)
    departments = Organisation.objects.in_bulk({department for department, _series, _year in series})
    found = {}
    for (department_id, name, year), places in sorted(series.items()):
        department = departments[department_id]
        mark = department.details.get("mark") or localise(department.short_name, "zh-Hans")
        serials = counters.next_values(f"document:{department_id}:{name}:{year}", len(places))
        for place, serial in zip(places, serials, strict=True):
            found[place] = rules.document_number(mark, name, year, serial)
    return found


@dataclass(frozen=True, kw_only=True)
class PastCredential:
    """A certificate of the past; ``end_kind`` and ``ended_at`` for one that has ended (not for one replaced)."""

    type: str
    holder_id: int
    issuer_id: int
    valid_from: dt.date
    valid_to: dt.date | None
    issued_at: dt.datetime
    title: LocalisedText
    case: str = ""
    service: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    template: str = "certificate"
    language: str = "zh-Hans"
    end_kind: str = ""
    ended_at: dt.datetime | None = None
    end_reason: LocalisedText = field(default_factory=dict)
    actor: Actor = SYSTEM


@transaction.atomic
def lay_credentials(rng: random.Random, credentials: Sequence[PastCredential]) -> list[Credential]:
    """Insert ``credentials`` with their documents; in the order given."""
    keys = [references.draw("K", day=clock.local(each.issued_at).date()) for each in credentials]
    numbers = _credential_numbers(credentials)
    documents = lay_documents(
        rng,
        [
            PastDocument(
                template=each.template,
                title=each.title,
                subject=Ref("credential", key),
                holder_id=each.holder_id,
                department_id=each.issuer_id,
                issued_at=each.issued_at,
                number=number,
                language=each.language,
                actor=each.actor,
                data={
                    "rows": registry.rows_of(each.data),
                    **each.data,
                    "valid_from": each.valid_from.isoformat(),
                    "valid_to": each.valid_to.isoformat() if each.valid_to else None,
                },
            )
            for each, key, number in zip(credentials, keys, numbers, strict=True)
        ],
    )
    rows = Credential.objects.bulk_create(
        [
            Credential(
                reference=key,
                number=document.number,
                type=each.type,
                holder_id=each.holder_id,
                issuer_id=each.issuer_id,
                document=document,
                case=each.case,
                service=each.service,
                data=rules.printable(each.data),
                valid_from=each.valid_from,
                valid_to=each.valid_to,
                end_kind=each.end_kind,
                ended_at=each.ended_at,
                end_reason=each.end_reason,
            )
            for each, key, document in zip(credentials, keys, documents, strict=True)
        ],
        batch_size=1000,
    )
    lay_entries(
        PastAct(
            each.issued_at,
            each.actor,
            "documents.issue_credential",
            [
                Ref("credential", row.reference),
                *((Ref("case", each.case),) if each.case else ()),
                *party_ref(each.holder_id),
            ],
            {"number": row.number, "type": row.type, "data": row.data},
        )
        for row, each in zip(rows, credentials, strict=True)
    )
    return rows


def _credential_numbers(credentials: Sequence[PastCredential]) -> list[str]:
    """Identifiers in the order given; serials in the order of issue."""
    numbers = [""] * len(credentials)
    for place, each in sorted(enumerate(credentials), key=lambda pair: (pair[1].issued_at, pair[0])):
        serial = references.next_number()
        numbers[place] = rules.credential_number(
            type_=each.type, issuer_code=issuer_code(each.issuer_id), serial=serial, version=1
        )
    return numbers


def past_file(*, owner_id: int, name: str, content_type: str, content: bytes, at: dt.datetime) -> StoredFile:
    """A file that somebody attached, not yet written; of the same content one copy lies in the storage."""
    digest, path = storage.save(content)
    return StoredFile(
        reference=references.draw("F", day=clock.local(at).date()),
        owner_id=owner_id,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=digest,
        path=path,
        created_at=at,
    )
