"""Acts on a case: how each is asked for on the page, and how what was typed is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from egov.casework import actions
from egov.casework.queries import CasePage
from egov.casework.rules.lifecycle import Possibility
from egov.intake import actions as intake
from egov.kernel.errors import EgovError, InvalidInput, Text
from egov.work.models import WorkItem
from egov.work.rules import StepDefinition

Reader = Callable[[QueryDict], dict[str, Any]]


def _texts(*names: str) -> Reader:
    return lambda post: {name: post.get(name, "").strip() for name in names}


def _number(text: str, name: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise InvalidInput.at(name, "number", _("Give a whole number of days."))
    return int(text)


def _key(post: QueryDict, name: str) -> int:
    text = post.get(name, "")
    if not text.isdecimal() or len(text) > 18:
        raise InvalidInput.at(name, "required", _("Choose one."))
    return int(text)


def _extension(post: QueryDict) -> dict[str, Any]:
    return {"days": _number(post.get("days", ""), "days"), "reason": post.get("reason", "").strip()}


def _suspension(post: QueryDict) -> dict[str, Any]:
    days = post.get("days", "").strip()
    return {
        "procedure": post.get("procedure", ""),
        "reason": post.get("reason", "").strip(),
        "days": _number(days, "days") if days else None,
    }


def _opinion(post: QueryDict) -> dict[str, Any]:
    days = post.get("days", "").strip()
    return {
        "unit": post.get("unit", ""),
        "question": post.get("question", "").strip(),
        "shared_fields": post.getlist("share"),
        "days": _number(days, "days") if days else None,
    }


def _step(post: QueryDict) -> dict[str, Any]:
    return {
        "item_id": _key(post, "item"),
        "outcome": post.get("outcome", ""),
        "note": post.get("note", "").strip(),
        "together_with": [int(each) for each in post.getlist("with") if each.isdecimal() and len(each) < 19],
    }


def _corrections(post: QueryDict) -> dict[str, Any]:
    """Each thing chosen with its own words; the words for all of them where it has none."""
    common = post.get("why", "").strip()
    items = [
        {kind: key, "message": post.get(f"why-{kind}-{key}", "").strip() or common}
        for kind in ("field", "material")
        for key in post.getlist(kind)
    ]
    return {"items": items}


def _decision(post: QueryDict) -> dict[str, Any]:
    return {
        "outcome": post.get("outcome", ""),
        "reasons": post.get("reasons", "").strip(),
        "conditions": post.get("conditions", "").strip(),
        "citations": citations_in(post),
    }


def citations_in(post: QueryDict) -> list[dict[str, str]]:
    """The clauses chosen, and those typed: one a line, key of the instrument and article."""
    rows = [value.partition(" ") for value in post.getlist("clause")]
    rows += [line.strip().partition(" ") for line in post.get("clauses", "").splitlines() if line.strip()]
    found = [{"instrument": name, "article": article.strip()} for name, _space, article in rows]
    return [row for number, row in enumerate(found) if row not in found[:number]]


def _rectification(post: QueryDict) -> dict[str, Any]:
    answer = {"zh-Hans": post.get("answer_zh", "").strip(), "en": post.get("answer_en", "").strip()}
    return {
        "rectification": post.get("rectification", "").strip(),
        "public_answer": {language: text for language, text in answer.items() if text},
    }


def _verification(post: QueryDict) -> dict[str, Any]:
    judged = post.get("justified", "")
    if judged not in ("yes", "no"):
        raise InvalidInput.at("justified", "required", _("Say whether the rating is justified."))
    return {"justified": judged == "yes", "note": post.get("note", "").strip()}


def _decide_extension(*, approved: bool) -> Reader:
    return lambda post: {"approved": approved, "note": post.get("note", "").strip()}


# act -> (action, how its form is read)
ACTS: dict[str, tuple[Callable[..., Any], Reader]] = {
    "accept": (actions.accept, _texts("note")),
    "not_accept": (actions.not_accept, _texts("reason")),
    "redirect": (actions.redirect_case, _texts("body", "reason")),
    "transfer": (actions.transfer_case, _texts("unit", "reason")),
    "request_correction": (actions.request_correction, _corrections),
    "accept_change": (intake.accept_change, _texts("note")),
    "refuse_change": (actions.refuse_change, _texts("reason")),
    "suspend": (actions.suspend, _suspension),
    "resume": (actions.resume, _texts("result")),
    "propose_extension": (actions.propose_extension, _extension),
    "extend": (actions.decide_extension, _decide_extension(approved=True)),
    "refuse_extension": (actions.decide_extension, _decide_extension(approved=False)),
    "ask_opinion": (actions.ask_opinion, _opinion),
    "complete_step": (actions.complete_step, _step),
    "save_draft": (actions.save_draft, _decision),
    "draft_decision": (actions.draft_decision, _decision),
    "return_draft": (actions.return_draft, _texts("note")),
    "sign_decision": (actions.sign_decision, _texts("note")),
    "deliver": (actions.deliver, _texts("note")),
    "close": (actions.close, lambda _post: {}),
    "terminate": (actions.terminate, _texts("reason")),
    "fetch_evidence": (actions.fetch_again, _texts("material")),
    "send_message": (actions.send_message, _texts("text")),
    "verify_rating": (actions.verify_rating, _verification),
    "rectify_rating": (actions.rectify_rating, _rectification),
}
WITHOUT_LOCK = frozenset({"send_message", "fetch_evidence"})


def perform(actor: Any, act: str, case: str, post: QueryDict) -> None:
    """Read the form and do the act. Raises ``KeyError`` for an unknown act and the typed errors of the action."""
    action, read = ACTS[act]
    given = read(post)
    version = post.get("lock_version", "")
    if act not in WITHOUT_LOCK and version.isdecimal() and len(version) < 10:
        given["lock_version"] = int(version)
    action(actor, case=case, **given)


# --- The forms ------------------------------------------------------------------------------------------

# What is shown open at the top, the first of them that is possible.
FIRST = (
    "extend",
    "accept_change",
    "sign_decision",
    "draft_decision",
    "complete_step",
    "accept",
    "resume",
    "deliver",
    "verify_rating",
    "rectify_rating",
    "close",
)
# What ends or refuses: last, and marked.
GRAVE = ("refuse_change", "not_accept", "redirect", "refuse_extension", "return_draft", "terminate")
# Shown where they belong, not among the acts.
ELSEWHERE = frozenset({"send_message", "give_opinion", "withdraw_opinion", "fetch_evidence"})
KEYS = {"draft_decision": "d", "sign_decision": "d", "ask_opinion": "o"}
# Acts whose form is more than one line of text.
OWN_FORM = frozenset(
    {
        "request_correction",
        "suspend",
        "propose_extension",
        "ask_opinion",
        "complete_step",
        "draft_decision",
        "redirect",
        "transfer",
        "verify_rating",
        "rectify_rating",
    }
)
NOTE_NAMES = {"refuse_change": "reason", "not_accept": "reason", "terminate": "reason", "resume": "result"}


class Typed(dict[str, Any]):
    """What was typed in a form that came back; "" for what was not, so that a template may ask for any name."""

    def __missing__(self, key: str) -> str:
        return ""

    @classmethod
    def of(cls, post: QueryDict) -> "Typed":
        typed = cls(post.items())
        for name in ("field", "material", "share", "clause", "with"):
            typed[f"{name}s_chosen"] = post.getlist(name)
        return typed


@dataclass(frozen=True)
class ActForm:
    """An act that is possible, as the page offers it."""

    key: str
    label: Text
    template: str
    name: str  # of its one line of text, where it has no form of its own
    open: bool
    grave: bool
    shortcut: str
    typed: Typed
    item: WorkItem | None = None
    step: StepDefinition | None = None

    @property
    def id(self) -> str:
        return f"{self.key}-{self.item.pk}" if self.item else self.key


def forms_of(page: CasePage, *, failed: str = "", typed: Typed | None = None) -> list[ActForm]:
    """The acts of the page in the order in which an officer needs them; the first one stands open."""
    asked = [each for each in page.allowed if each.act.key not in ELSEWHERE]
    asked.sort(key=lambda each: _place(each.act.key))
    forms: list[ActForm] = []
    for possibility in asked:
        for item, step in _items(page, possibility):
            key = possibility.act.key
            again = key == failed or (key == "draft_decision" and failed == "save_draft")
            first = not forms and key in FIRST and not failed
            forms.append(
                ActForm(
                    key=key,
                    label=possibility.act.label or "",
                    template=f"staff/acts/{key}.html" if key in OWN_FORM else "staff/acts/note.html",
                    name=NOTE_NAMES.get(key, "note"),
                    open=again or first,
                    grave=key in GRAVE,
                    shortcut=KEYS.get(key, "a" if not forms else ""),
                    typed=(typed if again and typed is not None else Typed()),
                    item=item,
                    step=step,
                )
            )
    return forms


def _place(key: str) -> tuple[int, int]:
    if key in FIRST:
        return 0, FIRST.index(key)
    return (2, GRAVE.index(key)) if key in GRAVE else (1, 0)


def _items(page: CasePage, possibility: Possibility) -> Iterator[tuple[WorkItem | None, StepDefinition | None]]:
    """Finishing a step is offered for each open step the officer may take."""
    if possibility.act.key != "complete_step":
        yield None, None
        return
    for step in page.work.steps if page.work else ():
        item = step.item
        if item is None or step.state != "active" or item.kind in ("decide", "sign"):
            continue
        if page.hands.get(item.pk) is None:
            yield item, step.definition


def obstacles_of(page: CasePage) -> list[tuple[Text, EgovError]]:
    """What is not possible now, and why: for the reader who looks for a button."""
    return [
        (each.act.label or "", each.obstacle)
        for each in page.obstructed
        if each.obstacle is not None and each.act.key not in ELSEWHERE - {"send_message"}
    ]


def steps_of_others(page: CasePage) -> list[tuple[WorkItem, EgovError]]:
    """Open steps the officer may not take, with the reason (another role, another pair of eyes)."""
    if page.work is None:
        return []
    return [
        (item, obstacle)
        for item in page.work.open_items
        if item.step_id and (obstacle := page.hands.get(item.pk)) is not None
    ]
