"""The shape of a service definition: every part of an implementation list entry, checked before review.

Data elements: GB/T 39554.1-2020 and the State Council's implementation list; what a case later relies on is strict,
what is only shown is lenient.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.catalogue.rules.conditions import Asked, check_condition
from egov.catalogue.rules.forms import KEY, check_form, questions_of
from egov.catalogue.rules.letters import check_letters
from egov.kernel.errors import FieldError, InvalidInput
from egov.law.rules.citations import ARTICLE
from egov.work.rules import parse_plan

# GB/T 39554.1-2020; 90 and 91 are ours, for business inside an authority and between authorities.
ITEM_TYPES = {
    "01": _("licensing"),
    "02": _("penalty"),
    "03": _("compulsory measure"),
    "04": _("collection"),
    "05": _("benefit"),
    "06": _("inspection"),
    "07": _("confirmation"),
    "08": _("award"),
    "09": _("adjudication"),
    "10": _("other administrative power"),
    "20": _("public service"),
    "90": _("internal business"),
    "91": _("business between departments"),
}
LEVELS = frozenset({"country", "province", "city", "district", "township", "village"})
AUDIENCES = frozenset(
    {
        "person",
        "enterprise",
        "sole_trader",
        "social_organisation",
        "institution",
        "department",
        "staff",
        "administrator",
        "other",
    }
)
UNITS = frozenset({"wd", "d", "m", "h"})
SOURCES = frozenset({"applicant", "shared", "predecessor", "promise"})
MATERIAL_FORMS = frozenset({"original", "copy", "electronic", "either"})
OUTPUT_TYPES = frozenset({"certificate", "letter", "record", "money"})
CHANNELS = frozenset({"window", "online", "mobile", "self_service", "post", "phone"})
ELEMENT = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")
CODE = re.compile(r"^[A-Z]{2}\d{2}$")


@dataclass(frozen=True)
class Known:
    """Keys that exist elsewhere; ``None`` means: not asked."""

    procedures: Collection[str] | None = None
    special_procedures: Mapping[str, Collection[str]] | None = None  # procedure -> its special procedures
    letters: Mapping[str, Collection[str]] | None = None  # procedure -> the acts that a letter tells
    instruments: Collection[str] | None = None
    tables: Collection[str] | None = None
    effects: Collection[str] | None = None
    services: Collection[str] | None = None
    evidence: Collection[str] | None = None  # types of evidence that registers give


def check_definition(content: Mapping[str, Any], known: Known | None = None) -> list[FieldError]:
    """Every fault of a completed content (see ``content.complete``); an empty list means it may be reviewed."""
    known = known or Known()
    faults: list[FieldError] = []
    for check in (_texts, _classes, _limits, _materials, _fee, _outputs, _basis, _service_relations, _filing, _letters):
        faults += check(content, known)
    return faults


def _texts(content: Mapping[str, Any], _known: Known) -> Iterator[FieldError]:
    imported = not content["procedure"]  # listed from an import: one language is what there is
    for name in ("name", "summary", "department_name"):
        if not is_localised(content[name], both=not imported) and (name == "name" or not imported):
            yield fault(name, _("The text is needed in Chinese and English."))
    for name in ("conditions",):
        if content[name] and not is_localised(content[name], both=False):
            yield fault(name, _("The text is given per language."))
    for language, needs in content["needs"].items():
        if not isinstance(needs, list) or not all(isinstance(need, str) and need.strip() for need in needs):
            yield fault(f"needs/{language}", _("Needs are sentences."))
    for number, entry in enumerate(content["faq"]):
        if not (is_localised(entry.get("question")) and is_localised(entry.get("answer"))):
            yield fault(f"faq/{number}", _("A question and its answer are needed in Chinese and English."))


def _classes(content: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    for name, allowed in (("item_type", ITEM_TYPES), ("level", LEVELS)):
        if content[name] not in allowed:
            yield fault(name, _("This value is not known."))
    if not set(content["audience"]) <= AUDIENCES or (not content["audience"] and content["procedure"]):
        yield fault("audience", _("Say whom the service is for."))
    if known.procedures is not None and content["procedure"] and content["procedure"] not in known.procedures:
        yield fault("procedure", _("There is no such procedure."))
    if content["online_depth"] not in (1, 2, 3, 4):
        yield fault("online_depth", _("The depth is 1 to 4."))
    channels = content["channel"].get("forms", [])
    if not set(channels) <= CHANNELS:
        yield fault("channel/forms", _("This value is not known."))


def _limits(content: Mapping[str, Any], _known: Known) -> Iterator[FieldError]:
    statutory, promised = content["statutory_limit"], content["promised_limit"]
    if content["case_kind"] not in ("instant", "promised"):
        yield fault("case_kind", _("This value is not known."))
    if not is_count(promised) or content["promised_unit"] not in UNITS:
        yield fault("promised_limit", _("The promised time is a whole number with a unit."))
        return
    # An imported item may leave the promised time open: zero, and not on the spot.
    if (content["case_kind"] == "instant") != (promised == 0) and (content["procedure"] or promised > 0):
        yield fault("promised_limit", _("On the spot means a promised time of zero, and the other way round."))
    if statutory is None:
        return
    if not is_count(statutory) or content["statutory_unit"] not in UNITS:
        yield fault("statutory_limit", _("The statutory time is a whole number with a unit."))
    elif content["statutory_unit"] == content["promised_unit"] and promised > statutory > 0:
        yield fault("promised_limit", _("The promise may not be longer than the law allows."))


def _materials(content: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    asked = questions_of(content["form"])
    yield from _keys("materials", content["materials"])
    for number, row in enumerate(content["materials"]):
        path = f"materials/{number}"
        if not is_localised(row.get("name"), both=False):
            yield fault(f"{path}/name", _("A material needs a name."))
        if row.get("source") not in SOURCES:
            yield fault(
                f"{path}/source", _("A material comes from the applicant, a register, an earlier case or a promise.")
            )
        if row.get("form", "either") not in MATERIAL_FORMS:
            yield fault(f"{path}/form", _("This value is not known."))
        required = row.get("required", "always")
        if required not in ("always", "never"):
            yield from check_condition(f"{path}/required", required, asked, of=row.get("name"))
        if "evidence" in row and row.get("source") != "shared":
            yield fault(f"{path}/evidence", _("Only what registers hold names a type of evidence."))
        elif "evidence" in row and known.evidence is not None and row["evidence"] not in known.evidence:
            yield fault(f"{path}/evidence", _("There is no such type of evidence."))
        if "issuer" in row and not is_localised(row["issuer"], both=False):
            yield fault(f"{path}/issuer", _("The text is given per language."))


def _fee(content: Mapping[str, Any], _known: Known) -> Iterator[FieldError]:
    fee, asked = content["fee"], questions_of(content["form"])
    items = fee.get("items", [])
    yield from _keys("fee/items", items)
    if "amount" in fee and not is_money(fee["amount"]):
        yield fault("fee/amount", _("An amount is a text with two places."))
    for number, item in enumerate(items):
        path = f"fee/items/{number}"
        if not is_money(item.get("amount")):
            yield fault(f"{path}/amount", _("An amount is a text with two places."))
        if not is_localised(item.get("name")):
            yield fault(f"{path}/name", _("The text is needed in Chinese and English."))
        if "when" in item:
            yield from check_condition(f"{path}/when", item["when"], asked, of=item.get("name"))
    costs = [row.get("amount") for row in (fee, *items) if is_money(row.get("amount"))]
    # Administrative Licensing Law art. 58: a fee needs a law or administrative regulation.
    if any(Decimal(amount) > 0 for amount in costs) and not fee.get("basis"):
        yield fault("fee/basis", _("A fee needs its legal basis."))


def _outputs(content: Mapping[str, Any], _known: Known) -> Iterator[FieldError]:
    asked = questions_of(content["form"])
    yield from _keys("outputs", content["outputs"])
    for number, row in enumerate(content["outputs"]):
        path = f"outputs/{number}"
        if not is_localised(row.get("name"), both=False):
            yield fault(f"{path}/name", _("An output needs a name."))
        if row.get("type") not in OUTPUT_TYPES:
            yield fault(f"{path}/type", _("This value is not known."))
        if "valid_years" in row and not is_count(row["valid_years"]):
            yield fault(f"{path}/valid_years", _("Years are a whole number."))
        produces = row.get("produces", {})
        if not isinstance(produces, Mapping) or not all(ELEMENT.match(str(key)) for key in produces):
            yield fault(f"{path}/produces", _("What an output produces is listed by data element."))
        known_by = row.get("known_by", {})
        if not isinstance(known_by, Mapping) or not all(ELEMENT.match(str(key)) for key in known_by):
            yield fault(f"{path}/known_by", _("What shows an output is listed by data element."))
        if not _is_held(row.get("held", "never"), content["form"]):
            yield fault(f"{path}/held", _("This is no way to say when what is held makes the service needless."))
        if "when" in row:
            yield from check_condition(f"{path}/when", row["when"], asked, of=row.get("name"))


def _is_held(held: Any, form: Mapping[str, Any] | None) -> bool:
    """``never``, ``in_force``, or ``{same: [data elements]}`` that the form asks for: of no other is known what was
    granted, nor what is asked for now."""
    if not isinstance(held, Mapping):
        return held in ("never", "in_force")
    asked = {field.get("x-element") for field in (form or {}).get("properties", {}).values()}
    return set(held) == {"same"} and bool(held["same"]) and set(held["same"]) <= asked


def _basis(content: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    for number, row in enumerate(content["legal_basis"]):
        path = f"legal_basis/{number}"
        if not row.get("instrument") and not is_localised(row.get("title"), both=False):
            yield fault(path, _("A legal basis names its instrument."))
        if known.instruments is not None and row.get("instrument") and row["instrument"] not in known.instruments:
            yield fault(f"{path}/instrument", _("This instrument is not in the register of law."))
        if row.get("article") and not ARTICLE.match(str(row["article"])):
            yield fault(f"{path}/article", _("This is not how an article is written."))


def _service_relations(content: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    for number, alternatives in enumerate(content["depends_on"]):
        if not isinstance(alternatives, list) or not alternatives:
            yield fault(f"depends_on/{number}", _("Each dependency lists its alternatives."))
        elif known.services is not None and not set(alternatives) <= set(known.services):
            yield fault(f"depends_on/{number}", _("There is no such service."))
    for number, opinion in enumerate(content["opinions"]):
        if not opinion.get("department_role") or not is_localised(opinion.get("purpose")):
            yield fault(f"opinions/{number}", _("An opinion names the department asked and the purpose."))
    own = (known.special_procedures or {}).get(content["procedure"])
    for number, key in enumerate(content["special_procedures"]):
        if own is not None and key not in own:
            yield fault(f"special_procedures/{number}", _("The procedure knows no such special procedure."))


def _filing(content: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    """What makes a service fileable: form, and a review plan or an automatic decision."""
    if content["form"] is not None:
        yield from check_form(content["form"], content["materials"])
    if content["plan"] is not None:
        yield from _plan(content["plan"], questions_of(content["form"]))
    for name in ("auto_decision", "auto_advice"):
        if content[name] is not None:
            yield from _decision(name, content[name], known)
    for number, effect in enumerate(content["effects"]):
        if known.effects is not None and effect.get("key") not in known.effects:
            yield fault(f"effects/{number}", _("There is no such effect."))
    decidable = content["plan"] is not None or content["auto_decision"] is not None
    fileable = content["form"] is not None and decidable
    if fileable and not content["procedure"]:
        yield fault("procedure", _("A service that can be filed follows a procedure."))
    if fileable != (content["online_depth"] > 1):
        yield fault("online_depth", _("A service is online when it has a form and a way to a decision, not before."))


def _letters(content: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    issued = None if known.letters is None else known.letters.get(content["procedure"], ())
    yield from check_letters(content["letters"], form=content["form"], issued=issued)


def _plan(plan: Mapping[str, Any], asked: Asked) -> Iterator[FieldError]:
    try:
        parsed = parse_plan(plan)
    except InvalidInput as error:
        for each in error.faults:
            yield FieldError(f"plan/{each.path}", each.code, each.message)
        return
    # A step may also look at how those before it ended.
    known = {"steps": {}, **asked}
    for step in parsed.steps:
        if step.when:
            yield from check_condition(f"plan/{step.key}/when", step.when, known, of=step.title or step.key)


def _decision(path: str, decision: Mapping[str, Any], known: Known) -> Iterator[FieldError]:
    if "table" in decision:
        if known.tables is not None and decision["table"] not in known.tables:
            yield fault(f"{path}/table", _("There is no such decision table."))
    elif decision.get("outcome") not in ("granted", "refused") or not is_localised(decision.get("reasons")):
        yield fault(path, _("A decision names a table, or an outcome with its reasons."))


def _keys(path: str, rows: Any) -> Iterator[FieldError]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        key = str(row.get("key", ""))
        if not KEY.match(key) or key in seen:
            yield fault(f"{path}/{number}/key", _("Each row needs a key of its own."))
        seen.add(key)


def is_localised(value: Any, *, both: bool = True) -> bool:
    """A text in Chinese and English, or in any language when ``both`` is not asked."""
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        return False
    return bool(value.get("zh-Hans") and value.get("en")) if both else any(value.values())


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_money(value: Any) -> bool:
    """A text with exactly two places, not negative."""
    if not isinstance(value, str):
        return False
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return False
    return amount.is_finite() and amount >= 0 and amount.as_tuple().exponent == -2


def fault(path: str, message: Any) -> FieldError:
    return FieldError(path, "invalid", message)
