"""Taking what is to be filed in one statement: the idempotency key is written with it, or nothing is.

Private to this room. A key that another transaction wrote first raises ``AlreadyDone``; the caller's transaction is then
rolled back and the first result read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from egov.documents.models import StoredFile
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.idempotency import AlreadyDone

SCOPE = "intake.submit"


@dataclass(frozen=True)
class TakenFile:
    material: str
    id: int
    reference: str
    content_type: str
    size: int


@dataclass(frozen=True)
class TakenDraft:
    """An open draft, closed and locked by this transaction, with all that filing it needs."""

    id: int
    version_id: int
    plan: dict[str, Any]
    region: str
    answers: dict[str, Any]
    sources: dict[str, Any]
    need: str
    event: str
    about: str
    applicant_kind: str
    applicant_name: str
    files: tuple[TakenFile, ...]
    had: str | None  # a mark of what the party has (``_HAD``); None of a single service


@dataclass(frozen=True)
class TakenParty:
    """Who files without a draft, and the stored files named, by material."""

    kind: str
    name: str
    files: tuple[TakenFile, ...]


_FILE = """json_build_object('material', {material}, 'id', file.id, 'reference', file.reference,
    'content_type', file.content_type, 'size', file.size)"""
# A mark of what a party has in force of the services and kinds of certificates in ``lasting``, a JSON array: another one
# as soon as one of them begins, ends or expires.
_HAD = """(select coalesce(md5(string_agg(thing, ',' order by thing)), '') from (
   select 'holding ' || id as thing from registers_holding
   where party_id = {party} and {lasting} ? service and ended_at is null and valid_from <= %(today)s
     and (valid_to is null or valid_to >= %(today)s)
   union all
   select 'credential ' || id from documents_credential
   where holder_id = {party} and {lasting} ? type and ended_at is null and suspended_at is null and valid_from <= %(today)s
     and (valid_to is null or valid_to >= %(today)s)) as things)"""
_KEY = """insert into kernel_idempotencykey (scope, owner, key, digest, result, created_at)
  select %(scope)s, %(applicant)s::text, %(key)s, %(digest)s, %(result)s, %(now)s from {source}"""

_TAKE_DRAFT = f"""
with draft as (
  update intake_draft set submitted_at = %(now)s
  where reference = %(draft)s and applicant_id = %(applicant)s and submitted_at is null and discarded_at is null
  returning *
), key as ({_KEY.format(source="draft")})
select draft.id, version_id, plan::text, region, answers::text, sources::text, need, event, about, party.kind,
  party.name,
  (select coalesce(json_agg({_FILE.format(material="attachment.material")} order by attachment.id), '[]')::text
   from intake_attachment attachment join documents_storedfile file on file.id = attachment.file_id
   where attachment.draft_id = draft.id),
  case when plan <> '{{}}' then {_HAD.format(party="draft.applicant_id", lasting="(plan -> 'lasting')")} end
from draft join identity_party party on party.id = draft.applicant_id
"""  # noqa: S608 - put together from the constants above


def take_draft(actor: Actor, *, draft: str, key: str, digest: bytes, result: str) -> TakenDraft | None:
    """None when the draft is not open (any more), or somebody else's; the key is then not written either."""
    row = _one(_TAKE_DRAFT, {**_common(actor, key, digest, result), "draft": draft})
    if row is None:
        return None
    *columns, kind, name, files, had = row
    pk, version_id, plan, region, answers, sources, need, event, about = columns
    return TakenDraft(
        id=pk,
        version_id=version_id,
        plan=json.loads(plan),
        region=region,
        answers=json.loads(answers),
        sources=json.loads(sources),
        need=need,
        event=event,
        about=about,
        applicant_kind=kind,
        applicant_name=name,
        files=_files(files),
        had=had,
    )


def had_by(party_id: int | None, lasting: Sequence[str]) -> str:
    """The mark of what a party has now, as ``TakenDraft.had`` is that of the moment of filing. One statement."""
    statement = f"select {_HAD.format(party='%(party)s', lasting='%(lasting)s::jsonb')}"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"party": party_id, "lasting": json.dumps(list(lasting)), "today": clock.today()})
        return str(cursor.fetchone()[0])


# Party and files in one go; a file of somebody else is simply not among them.
_TAKE_PARTY = f"""
with party as (select id, kind, name from identity_party where id = %(applicant)s), key as ({_KEY.format(source="party")})
select party.kind, party.name,
  (select coalesce(json_agg({_FILE.format(material="''")}), '[]')::text from documents_storedfile file
   where file.reference = any(%(files)s) and file.owner_id = party.id and file.removed_at is null)
from party
"""  # noqa: S608 - put together from the constants above


def take_party(
    actor: Actor, *, wanted: Mapping[str, Sequence[str]], key: str, digest: bytes, result: str
) -> TakenParty:
    """The party and the stored files it names by material. Raises ``InvalidInput`` for one it has not."""
    references = [reference for group in wanted.values() for reference in group]
    row = _one(_TAKE_PARTY, {**_common(actor, key, digest, result), "files": references})
    if row is None:
        raise NotFound
    kind, name, files = row
    known = {file.reference: file for file in _files(files)}
    return TakenParty(kind, name, _by_material(wanted, known))


def own_files(actor: Actor, wanted: Mapping[str, Sequence[str]]) -> tuple[TakenFile, ...]:
    """The stored files that the party names by material. Raises ``InvalidInput`` for one it has not."""
    references = [reference for group in wanted.values() for reference in group]
    if not references:
        return ()
    rows = StoredFile.objects.filter(reference__in=references, owner_id=actor.on_behalf_of_id, removed_at__isnull=True)
    known = {row.reference: TakenFile("", row.pk, row.reference, row.content_type, row.size) for row in rows}
    return _by_material(wanted, known)


def _by_material(wanted: Mapping[str, Sequence[str]], known: Mapping[str, TakenFile]) -> tuple[TakenFile, ...]:
    taken = []
    for material, references in wanted.items():
        for reference in references:
            file = known.get(reference)
            if file is None:
                raise InvalidInput.at(
                    "files", "unknown", _("There is no file %(file)s of yours.") % {"file": str(reference)[:40]}
                )
            taken.append(TakenFile(material, file.id, file.reference, file.content_type, file.size))
    return tuple(taken)


def _common(actor: Actor, key: str, digest: bytes, result: str) -> dict[str, Any]:
    return {
        "now": clock.now(),
        "today": clock.today(),
        "applicant": actor.on_behalf_of_id,
        "scope": SCOPE,
        "key": key,
        "digest": digest,
        "result": result,
    }


def _one(statement: str, values: Mapping[str, Any]) -> Any:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()
    except IntegrityError as error:
        raise AlreadyDone from error


def _files(text: str) -> tuple[TakenFile, ...]:
    return tuple(TakenFile(**each) for each in json.loads(text))
