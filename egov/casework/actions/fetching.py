"""Shared materials: fetched from registers once a case is received, with the consent given when it was filed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import moving
from egov.casework.models import FROM_REGISTER, Case, CaseFile, Fetched
from egov.casework.rules.lifecycle import FETCHING
from egov.catalogue.rules import needed
from egov.documents import actions as documents
from egov.documents.actions import DocumentSpec
from egov.documents.models import StoredFile
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotPermitted
from egov.kernel.refs import Ref
from egov.kernel.text import localise
from egov.registers import queries as registers
from egov.registers.queries import Absent, Evidence

Material = Mapping[str, Any]


@transaction.atomic
def fetch_all(actor: Actor, *, case: str) -> list[Fetched]:
    """Fetch every shared material the case needs and has not got. Doing it again adds nothing.

    What another case of the matter was given today of the same applicant is put here too, read once. Only for the
    platform itself. Raises ``NotPermitted``.
    """
    if not actor.is_system:
        raise NotPermitted
    row = moving.load(case)
    _one_at_a_time(row.matter)
    moving.lock(case)
    row.refresh_from_db(fields=["state"])
    if row.state not in FETCHING:
        return []
    there = {*row.files.values_list("material", flat=True), *row.fetched.values_list("material", flat=True)}
    wanted = [each for each in needed(row.version.materials, row.answers) if each["key"] not in there]
    rows = [_put(actor, row, material) for material in wanted]
    if rows:
        _tell(actor, row, wanted, rows)
    return rows


@transaction.atomic
def fetch_again(actor: Actor, *, case: str, material: str, lock_version: int | None = None) -> Fetched:
    """An officer fetches one shared material by hand. What was fetched before stays among the papers of the case.

    Raises ``InvalidInput`` for a material that is not shared, ``NotFound``, ``NotPermitted``, ``TransitionNotAllowed``.
    """
    move = moving.begin(actor, "fetch_evidence", case, lock_version)
    row = move.case
    wanted = next((each for each in row.version.materials if each["key"] == material), None)
    if wanted is None or wanted.get("source") != "shared":
        raise InvalidInput.at("material", "unknown", _("This is not a material that registers hold."))
    kept = _keep(actor, row, wanted, registers.evidence(actor, _asked(row, wanted), **_reason(row, [wanted])))
    _tell(actor, row, [wanted], [kept])
    moving.finish(move, note=localise(wanted["name"], row.language), content=_content([kept]))
    return kept


def _one_at_a_time(matter: str) -> None:
    """Cases of one matter that open together ask one after the other, so that the second finds what the first read."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"casework.fetch:{matter}"])


def _put(actor: Actor, row: Case, material: Material) -> Fetched:
    """From a case of the same matter where it was read today, else from the registers."""
    asked = _asked(row, material)
    known = _in_matter(row, asked.type) if registers.is_allowed(asked) else None
    if known is not None and known.paper is not None:
        return _write(row, material, known, known.paper.file)
    return _keep(actor, row, material, registers.evidence(actor, asked, **_reason(row, [material])))


def _in_matter(row: Case, type_: str) -> Fetched | None:
    """The same paper about the same people, as the registers gave it today."""
    rows = Fetched.objects.filter(
        case__matter=row.matter,
        case__applicant_id=row.applicant_id,
        case__filed_by_id=row.filed_by_id,
        type=type_,
        absent="",
        as_of=clock.today(),
    )
    return rows.exclude(type="").select_related("paper__file").order_by("id").first()


def _asked(row: Case, material: Material) -> registers.Asked:
    return registers.Asked(
        material=material["key"],
        type=material.get("evidence", ""),
        applicant_id=row.applicant_id,
        filer_id=row.filed_by_id,
        department_id=row.department_id,
        consent=Ref("matter", row.matter),
    )


def _reason(row: Case, materials: Sequence[Material]) -> dict[str, Any]:
    """For which service which papers, as the journal keeps it and the applicant reads it."""
    names = "、".join(localise(each["name"], "zh-Hans") for each in materials)
    return {"purpose": f"{localise(row.version.name, 'zh-Hans')}：{names}"[:200], "subject": moving.ref_of(row)}


def _keep(actor: Actor, row: Case, material: Material, found: Evidence | Absent) -> Fetched:
    if isinstance(found, Absent):
        told = Fetched(type=material.get("evidence", ""), absent=found)
        return _write(row, material, told, None)
    file = _file(actor, row, material, found)
    read = Fetched(
        type=material["evidence"],
        register=found.register,
        title=found.title,
        number=found.number,
        rows=list(found.rows),
        as_of=found.as_of,
        valid_to=found.valid_to,
        about_id=found.party_id,
    )
    return _write(row, material, read, file)


def _file(actor: Actor, row: Case, material: Material, found: Evidence) -> StoredFile:
    """What was issued here goes as it was sealed; of what a register only knows, an extract is made."""
    if found.document is not None:
        return documents.sealed_file(actor, document_id=found.document)
    spec = DocumentSpec(
        template="extract",
        title=found.title,
        subject=moving.ref_of(row),
        holder_id=found.party_id,
        department_id=row.department_id,
        language=row.language,
        data={
            "register": registers.register_names()[found.register],
            "as_of": found.as_of.isoformat(),
            "rows": [{"label": each["label"], "value": each["value"]} for each in found.rows],
            "valid_to": found.valid_to.isoformat() if found.valid_to else None,
            "requested_by": row.department.full_name,
            "purpose": row.version.name,
            "material": material["name"],
        },
    )
    return documents.keep_extract(actor, spec=spec)


_READ = ("type", "absent", "register", "title", "number", "rows", "as_of", "valid_to", "about_id")


def _write(row: Case, material: Material, read: Fetched, file: StoredFile | None) -> Fetched:
    """The row of the case and material, with its paper; what was there before is told anew."""
    now = clock.now()
    paper = None
    if file is not None:
        paper = CaseFile.objects.create(
            case=row, material=material["key"], file=file, origin=FROM_REGISTER, added_at=now
        )
    values = {name: getattr(read, name) for name in _READ} | {"paper": paper, "at": now}
    kept, _new = Fetched.objects.update_or_create(case=row, material=material["key"], defaults=values)
    return kept


def _tell(actor: Actor, row: Case, materials: Sequence[Material], rows: Sequence[Fetched]) -> None:
    """One entry for the act, and one look for each person whose data the department was given."""
    recipient = replace(actor, department_id=row.department_id)
    case = moving.ref_of(row)
    names = {each["key"]: each for each in materials}
    given: dict[int, list[Material]] = {}
    for each in rows:
        if each.about_id is not None:
            given.setdefault(each.about_id, []).append(names[each.material])
    for party_id, papers in given.items():
        reason = _reason(row, papers)["purpose"]
        journal.record_view(recipient, case, Ref("party", str(party_id)), reason=reason)
    if actor.is_system:  # an officer's act is recorded as every act on a case
        party = Ref("party", str(row.applicant_id))
        journal.record(recipient, "casework.fetch_evidence", case, party, content=_content(rows))


def _content(rows: Sequence[Fetched]) -> list[list[str]]:
    return [[each.material, each.register, each.number, each.absent] for each in rows]
