"""What the public pages read from the catalogue, made ready to draw."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.catalogue.models import CaseKind, ServiceVersion
from egov.catalogue.rules import is_fetched
from egov.kernel.text import LocalisedText, language_tag
from portals.shared import components as c
from portals.shared.templatetags.egov_ui import limit, localised_plain, money_plain

CHANNELS: dict[str, str | Promise] = {
    "online": gettext_lazy("online, here"),
    "mobile": gettext_lazy("on a phone, here"),
    "window": gettext_lazy("at a counter"),
    "self_service": gettext_lazy("at a self-service machine"),
    "post": gettext_lazy("by post"),
    "phone": gettext_lazy("by telephone"),
}
SOURCES: dict[str, tuple[str | Promise, str]] = {
    "applicant": (gettext_lazy("you hand it in"), "file_upload"),
    "shared": (gettext_lazy("we fetch it when you agree"), "verified_user"),
    "unheld": (gettext_lazy("other offices hold it; no register is connected, so you may be asked for it"), "info"),
    "predecessor": (gettext_lazy("result of an earlier step; we take it over"), "link"),
    "promise": (gettext_lazy("your written promise instead of the paper"), "edit"),
}
REMEDIES: dict[str, str | Promise] = {
    "reconsideration": gettext_lazy("Administrative reconsideration"),
    "litigation": gettext_lazy("Administrative litigation"),
    "review": gettext_lazy("Review by the same body"),
    "complaint": gettext_lazy("Complaint"),
    "supervision": gettext_lazy("Supervision"),
}


def cards(versions: Sequence[ServiceVersion], *, start: int = 1) -> list[c.ServiceCard]:
    return [card(version, number=number) for number, version in enumerate(versions, start)]


def card(version: Any, *, number: int | None = None, reasons: Sequence[str] = (), note: str = "") -> c.ServiceCard:
    """``reasons``: why it is listed. Names come in another language only where the data has no better."""
    return c.ServiceCard(
        title=localised_plain(version.name),
        url=reverse("public:service", args=[version.service.code]),
        text=note or localised_plain(version.summary),
        reasons=reasons,
        time=promised(version),
        time_note=by_law(version),
        cost=cost(version.fee),
        department=localised_plain(version.department_name),
        badges=() if fileable(version) else (c.Badge(_("Filed elsewhere"), c.Tone.WAIT, "location_on"),),
        number=number,
        language=other_language(version.name),
    )


def fileable(version: Any) -> bool:
    """Online depth 1 is listed only; the catalogue checks that a deeper one has a form and a way to a decision."""
    return bool(version.online_depth > 1)


def other_language(text: Mapping[str, str]) -> str:
    """The language of the text that is shown, when the page's own is missing; else ""."""
    if not text or text.get(language_tag()):
        return ""
    return "zh-Hans" if text.get("zh-Hans") else next(iter(text))


def promised(version: ServiceVersion) -> str:
    if version.case_kind == CaseKind.INSTANT or not version.promised_limit:
        return _("On the spot")
    return limit(version.promised_limit, version.promised_unit)


def by_law(version: ServiceVersion) -> str:
    if version.statutory_limit is None:
        return _("no limit in law")
    if version.statutory_limit == 0:
        return ""
    return _("by law at most %(limit)s") % {"limit": limit(version.statutory_limit, version.statutory_unit or "wd")}


def cost(fee: Mapping[str, Any]) -> str:
    """What it costs, in a word or two; a range when items differ."""
    rows = fee.get("items") or [fee]
    amounts = sorted({Decimal(str(row.get("amount") or 0)) for row in rows})
    if amounts == [Decimal(0)]:
        return _("free")
    if len(amounts) == 1:
        return money_plain(amounts[0])
    return _("%(low)s to %(high)s") % {"low": money_plain(amounts[0]), "high": money_plain(amounts[-1])}


def joined(texts: Sequence[LocalisedText]) -> str:
    separator = "；" if language_tag() == "zh-Hans" else "; "
    return separator.join(localised_plain(text) for text in texts)


def source_of(material: Mapping[str, Any]) -> tuple[str | Promise, str]:
    """Where a material comes from in words, with its icon."""
    source = material.get("source", "applicant")
    if source == "shared" and not is_fetched(material):
        return SOURCES["unheld"]
    return SOURCES.get(source, SOURCES["applicant"])


def papers_of(versions: Sequence[ServiceVersion]) -> tuple[int, int]:
    """How many papers people bring for all of it, each counted once; how many are fetched or taken over."""
    brought, fetched = set(), set()
    for version in versions:
        for row in version.materials:
            name = str(row.get("name", {}).get("zh-Hans") or row.get("key"))
            if row.get("source") == "applicant":
                brought.add(name)
            elif row.get("source") != "shared" or is_fetched(row):
                fetched.add(name)
    return len(brought), len(fetched - brought)
