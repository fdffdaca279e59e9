"""Proof from the journal: that an act was entered, when, and that the entry was not changed since."""

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.journal import queries as journal_queries
from egov.journal.queries import Pending, Proof
from egov.kernel import references
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from portals.shared.components import Fault

# Letter of a reference -> kind of its ``Ref``.
KINDS = {
    "C": "case",
    "M": "matter",
    "S": "submission",
    "B": "bill",
    "P": "payment",
    "R": "refund",
    "I": "document",
    "K": "credential",
    "X": "disbursement",
}


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """What the journal is, its newest signed head, and the box that takes a reference."""
    typed, faults = request.GET.get("reference", "").strip()[:80], []
    if typed:
        try:
            _subject(references.normalise(typed))
            return redirect("public:journal_proof", reference=references.normalise(typed))
        except (NotFound, NoReverseMatch):
            faults = [Fault(_("This is no number of an act here. Compare it with your receipt."), "reference")]
    try:
        note = journal_queries.checkpoint()
    except NotFound:
        note = None
    context = {"note": note, "reference": typed, "faults": faults}
    return render(request, "public/journal.html", context, status=422 if faults else 200)


@require_safe
def journal_proof(request: HttpRequest, reference: str) -> HttpResponse:
    """The proof of the first act on ``reference`` (or of the entry with that number), as page or as file."""
    proof = journal_queries.proof(_subject(reference))
    if isinstance(proof, Pending):
        return render(request, "public/proof_pending.html", {"reference": reference, "proof": proof})
    if request.GET.get("format") == "json":
        response = JsonResponse(_as_file(proof), json_dumps_params={"indent": 1})
        response["Content-Disposition"] = f'attachment; filename="proof-{proof.index}.json"'
        return response
    return render(
        request,
        "public/proof.html",
        {"reference": reference, "proof": proof, "holds": proof.holds(), "note": str(proof.note)},
    )


def _subject(text: str) -> Ref | int:
    """Raises ``NotFound`` when ``text`` is neither a reference, nor ``kind:key``, nor the number of an entry."""
    if text.isdecimal() and len(text) < 19:
        return int(text)
    reference = references.normalise(text)
    parts = reference.split("-")
    if len(parts) == 5 and references.is_valid(reference) and parts[1] in KINDS:
        return Ref(KINDS[parts[1]], reference)
    try:
        return Ref.parse(text)
    except ValueError as error:
        raise NotFound from error


def _as_file(proof: Proof) -> dict[str, Any]:
    """All that somebody needs to compute the proof alone (RFC 9162 hashing, checkpoint as c2sp.org/tlog-checkpoint)."""
    key = journal_queries.log_key(proof.key_id)
    return {
        "entry": proof.entry_id,
        "index": proof.index,
        "size": proof.size,
        "leaf_sha256": proof.leaf.hex(),
        "path_sha256": [step.hex() for step in proof.path],
        "root": base64.b64encode(proof.root).decode(),
        "checkpoint": str(proof.note),
        "key": key.text if key else "",
    }
