"""Drafts are kept as they are typed; a submission is taken once, whole, in one transaction."""

from egov.intake.actions.cases import answer_correction, answer_corrections, start_contest
from egov.intake.actions.changes import accept_change, propose_change
from egov.intake.actions.drafts import discard, migrate_draft, require_fileable, save_draft, start_bundle, start_draft
from egov.intake.actions.files import DOCUMENTS, attach, detach, keep_upload
from egov.intake.actions.filing import submit, submit_direct
from egov.intake.actions.replaying import replay_event, replay_service
from egov.intake.actions.revising import answer_anew, forget_refused, start_lacking
from egov.intake.errors import DraftChanged, ServiceChanged, ServiceClosed, ServicesChanged, WrongApplicant

__all__ = [
    "DOCUMENTS",
    "DraftChanged",
    "ServiceChanged",
    "ServiceClosed",
    "ServicesChanged",
    "WrongApplicant",
    "accept_change",
    "answer_anew",
    "answer_correction",
    "answer_corrections",
    "attach",
    "detach",
    "discard",
    "forget_refused",
    "keep_upload",
    "migrate_draft",
    "propose_change",
    "replay_event",
    "replay_service",
    "require_fileable",
    "save_draft",
    "start_bundle",
    "start_contest",
    "start_draft",
    "start_lacking",
    "submit",
    "submit_direct",
]
