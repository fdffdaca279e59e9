"""Acts on cases. Each locks the case, asks the one table of moves, writes, records and tells."""

from egov.casework.actions.acceptance import (
    accept,
    answer_correction,
    deem_accepted,
    not_accept,
    redirect_case,
    request_correction,
    take_as_it_is,
    transfer_case,
)
from egov.casework.actions.changes import accept_change, propose_change, refuse_change
from egov.casework.actions.conversation import (
    rate,
    rate_again,
    read_messages,
    rectify_rating,
    send_message,
    verify_rating,
)
from egov.casework.actions.decision import (
    close,
    deliver,
    draft_decision,
    return_draft,
    save_draft,
    sign_decision,
)
from egov.casework.actions.ending import close_delivered, follow_missed_clock, terminate, withdraw
from egov.casework.actions.fetching import fetch_again, fetch_all
from egov.casework.actions.filing import CaseSpec, open_case, open_cases, receive_paid
from egov.casework.actions.review import (
    ask_opinion,
    complete_step,
    decide_extension,
    give_opinion,
    propose_extension,
    resume,
    suspend,
    withdraw_opinion,
)
from egov.casework.actions.taking_over import take_over
from egov.casework.paces import measure_paces

__all__ = [
    "CaseSpec",
    "accept",
    "accept_change",
    "answer_correction",
    "ask_opinion",
    "close",
    "close_delivered",
    "complete_step",
    "decide_extension",
    "deem_accepted",
    "deliver",
    "draft_decision",
    "fetch_again",
    "fetch_all",
    "follow_missed_clock",
    "give_opinion",
    "measure_paces",
    "not_accept",
    "open_case",
    "open_cases",
    "propose_change",
    "propose_extension",
    "rate",
    "rate_again",
    "read_messages",
    "receive_paid",
    "rectify_rating",
    "redirect_case",
    "refuse_change",
    "request_correction",
    "resume",
    "return_draft",
    "save_draft",
    "send_message",
    "sign_decision",
    "suspend",
    "take_as_it_is",
    "take_over",
    "terminate",
    "transfer_case",
    "verify_rating",
    "withdraw",
    "withdraw_opinion",
]
