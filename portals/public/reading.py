"""What the public pages read from the catalogue, made ready to draw."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField
from django.urls import reverse
from django.utils.translation import gettext as _

from egov.catalogue.models import CaseKind, Event, ServiceVersion, VersionState
from portals.shared import components as c
from portals.shared.templatetags.egov_ui import limit, localised_plain, money_plain

FILEABLE = Q(form__isnull=False) & (Q(plan__isnull=False) | Q(auto_decision__isnull=False))


def published() -> QuerySet[ServiceVersion]:
    """Published versions of enabled services as lists need them, with ``fileable``; the heavy parts stay behind."""
    return (
        ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__enabled=True)
        .select_related("service")
        .defer("form", "plan", "effects", "auto_decision", "materials", "faq", "legal_basis", "rights", "conditions")
        .annotate(fileable=Case(When(FILEABLE, then=Value(True)), default=Value(False), output_field=BooleanField()))
    )


def cards(
    versions: Sequence[ServiceVersion], *, reasons: dict[str, Sequence[str]] | None = None
) -> list[c.ServiceCard]:
    """One card per version, numbered in their order. ``reasons``: code → why it is listed."""
    return [
        card(version, number=number, reasons=(reasons or {}).get(version.service.code, ()))
        for number, version in enumerate(versions, 1)
    ]


def card(version: Any, *, number: int | None = None, reasons: Sequence[str] = ()) -> c.ServiceCard:
    return c.ServiceCard(
        title=localised_plain(version.name),
        url=reverse("public:service", args=[version.service.code]),
        text=localised_plain(version.summary),
        reasons=reasons,
        time=promised(version),
        time_note=by_law(version),
        cost=cost(version),
        department=localised_plain(version.department_name),
        badges=() if version.fileable else (c.Badge(_("At the counter"), c.Tone.WAIT, "location_on"),),
        number=number,
    )


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


def cost(version: ServiceVersion) -> str:
    """What it costs, in a word or two; a range when items differ."""
    items = version.fee.get("items") or [version.fee]
    amounts = sorted({Decimal(str(item.get("amount") or 0)) for item in items})
    if amounts == [Decimal(0)]:
        return _("free")
    if len(amounts) == 1:
        return money_plain(amounts[0])
    return _("%(low)s to %(high)s") % {"low": money_plain(amounts[0]), "high": money_plain(amounts[-1])}


def events(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("order", "code"))
