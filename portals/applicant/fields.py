"""Questions of a form as the fields and facts that a page draws."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from egov.intake import rules
from egov.intake.models import Attachment
from egov.intake.queries import OpenCorrection, OpenCorrections, OpenDraft, answerable
from egov.intake.rules import Checked, Form, Question
from egov.kernel.text import localise
from portals.applicant import answers as words
from portals.shared.components import Attached, Field, Option, Row, Source, SummaryRow, Why
from portals.shared.templatetags.egov_ui import file_size, local_time, localised

# What browsers can fill in from the person's own data.
_AUTOCOMPLETE = {
    "person.name": "name",
    "person.phone": "tel",
    "person.address": "street-address",
    "person.email": "email",
}
_WIDE = 60  # characters beyond which a one-line field takes the full width
IMAGE_TYPES = "image/jpeg,image/png,image/webp"  # a phone makes one of these of its own format


@dataclass(frozen=True)
class Filled:
    """A form with answers: those of a draft, or of a case that is being corrected."""

    form: Form
    answers: Mapping[str, Any]  # as typed
    checked: Checked
    sources: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()

    @classmethod
    def draft(cls, opened: OpenDraft, typed: Mapping[str, Any] | None = None) -> "Filled":
        """``typed``: what was just typed, when it could not be saved."""
        answers = opened.draft.answers if typed is None else {**opened.draft.answers, **typed}
        return cls(opened.form, answers, opened.checked, opened.draft.sources, opened.attachments)


@dataclass(frozen=True)
class Asked:
    """Some questions: what is known already, and what the person answers."""

    facts: Sequence[SummaryRow]
    fields: Sequence[Field]
    keys: Sequence[str]  # of the fields: only these are read back from the post


def asked_on(
    filled: Filled,
    keys: Sequence[str],
    *,
    faults: Mapping[str, str] | None = None,
    correcting: Collection[str] = (),
    registers: Mapping[str, Any] | None = None,
    live_url: str = "",
    choices: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Asked:
    """``choices``: by widget, value and words of what can be chosen where only the page knows. ``correcting``: known facts the person wants to change; ``live_url``: where changed answers are sent at once."""
    maker = _Maker(filled, faults or {}, registers or {}, live_url, choices or {})
    facts, fields, asked = [], [], []
    for key in keys:
        question = filled.form.by_key[key]
        if key not in filled.checked.visible and question not in filled.form.shared:
            continue
        if key not in correcting and maker.is_known(question):
            facts.append(maker.fact(question))
        else:
            fields.append(maker.field(question, filled.answers.get(key), key))
            asked.append(key)
    return Asked(facts, fields, asked)


@dataclass(frozen=True)
class Typed:
    """What was typed on a page that asks for corrections, and all that it asks for now, in the order of the form."""

    keys: Sequence[str]
    typed: Mapping[str, Any]
    uploads: Mapping[str, Sequence[Any]]

    @classmethod
    def read(cls, request: HttpRequest, found: OpenCorrection | OpenCorrections) -> "Typed":
        """What the new answers make necessary is asked beside them, and read with them."""
        form, keys = found.form, frozenset(found.keys)
        while True:
            typed = rules.read_page(form, request.POST, asked=keys)
            more = answerable(found, typed)
            if more <= keys:
                break
            keys |= more
        files = [question for question in form.takes_files if question.key in keys]
        return cls(
            keys=[key for key in form.by_key if key in keys],
            typed=typed,
            uploads={each.material: given for each in files if (given := request.FILES.getlist(each.key))},
        )


class _Maker:
    def __init__(
        self,
        filled: Filled,
        faults: Mapping[str, str],
        registers: Mapping[str, Any],
        live_url: str,
        choices: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        self.filled = filled
        self.faults = faults
        self.registers = registers
        self.live_url = live_url
        self.choices = choices
        self.deciding = filled.form.deciding

    # --- facts
    def is_known(self, question: Question) -> bool:
        source = self.filled.sources.get(question.key)
        return (
            source is not None
            and question.path not in self.faults
            and self.filled.answers.get(question.key) == source.get("value")
            and question.key in self.filled.checked.answers
        )

    def source(self, key: str) -> Source | None:
        source = self.filled.sources.get(key)
        if source is None:
            return None
        return words.source_of(source, self.registers.get(source["register"], source["register"]))

    def fact(self, question: Question) -> SummaryRow:
        return words.summary_row(
            question,
            self.filled.answers.get(question.key),
            source=self.source(question.key),
            action=_("Correct"),
            change_url=f"?correct={question.key}#f-{question.key}",
        )

    # --- fields
    def field(self, question: Question, value: Any, name: str) -> Field:
        if question.is_file:
            return self.file(question, name)
        if question.is_group:
            return self.group(question, value, name)
        widget = {"id_number": "text", "region": "select", "post": "select", "phone": "tel"}.get(
            question.widget, question.widget
        )
        return Field(
            name=name,
            label=localised(question.title),
            widget=widget,
            value=value if isinstance(value, bool) else _typed(value),
            hint=localised(question.hint),
            error=self.faults.get(name, ""),
            required=self.is_required(question),
            options=self.options(question, value),
            unit=localised(question.unit),
            source=self.corrected_source(question, value),
            why=_why(question),
            max_length=_length(question),
            placeholder=_("Choose") if widget == "select" else "",
            input_mode="numeric" if question.type == "integer" else "decimal" if question.type == "number" else "",
            autocomplete=_AUTOCOMPLETE.get(question.element, ""),
            width=_width(question),
            lines=6 if question.max_length > 500 else 3,
            attributes=self.live(question),
        )

    def is_required(self, question: Question) -> bool:
        return question.key in self.filled.checked.required or question.required or bool(question.required_when)

    def corrected_source(self, question: Question, value: Any) -> Source | None:
        """Under a field that differs from the register: what the register says."""
        source = self.filled.sources.get(question.key)
        if source is None:
            return None
        from_register = self.source(question.key)
        if from_register is None or value == source.get("value"):
            return from_register
        says = words.shown(question, source.get("value"))
        return Source(
            from_register.register,
            from_register.as_of,
            verified=False,
            note=words.told(_("it says: %(value)s"), value=says),
        )

    def options(self, question: Question, value: Any) -> list[Option]:
        chosen = {str(item) for item in value} if isinstance(value, list) else {str(value)}
        if question.widget == "region":
            return [
                Option(region.code, words.region_name(region.code), checked=region.code in chosen)
                for region in words.region_choices()
            ]
        if question.widget in self.choices:
            return [Option(key, text, checked=key in chosen) for key, text in self.choices[question.widget]]
        return [
            Option(choice, localised(question.labels.get(choice) or choice), checked=choice in chosen)
            for choice in question.choices
        ]

    def live(self, question: Question) -> dict[str, str]:
        """Where an answer decides what else is asked, the page asks the server as soon as it changes."""
        if not self.live_url or question.key not in self.deciding:
            return {}
        return {
            "hx-post": self.live_url,
            "hx-trigger": "change",
            "hx-target": "#questions",
            "hx-select": "#questions",
            "hx-swap": "outerHTML show:none",
            "hx-vals": '{"_act": "again"}',
            "hx-sync": "#fill:queue last",  # an answer brings the revision: none is dropped
        }

    def file(self, question: Question, name: str) -> Field:
        images = question.accept == "image"
        kinds = _("JPG, PNG or WebP") if images else _("PDF, JPG, PNG or WebP")
        return Field(
            name=name,
            label=localised(question.title),
            widget="file",
            hint=localised(question.hint),
            limits=_("%(kinds)s, at most %(size)s MB.") % {"kinds": kinds, "size": question.max_mb},
            error=self.faults.get(name, ""),
            required=self.is_required(question),
            accept=IMAGE_TYPES if images else f"{IMAGE_TYPES},application/pdf",
            max_bytes=question.max_mb * 1024 * 1024,
            multiple=question.many,
            camera=True,
            files=[self.attached(each) for each in self.filled.attachments if each.material == question.material],
            why=_why(question),
            attributes={"hx-preserve": "true", **({"capture": "environment"} if images else {})},
        )

    def attached(self, attachment: Attachment) -> Attached:
        file = attachment.file
        note = _("%(size)s, added at %(time)s") % {
            "size": file_size(file.size),
            "time": local_time(attachment.added_at),
        }
        return Attached(
            name=file.name,
            note=note,
            remove_name="_detach",
            remove_value=str(attachment.pk),
            image=file.content_type.startswith("image/"),
        )

    def group(self, question: Question, value: Any, name: str) -> Field:
        rows: list[Any] = list(value) if isinstance(value, list) else []
        if not rows and (question.min_rows or question.required):
            rows = [{}]
        title = localise(question.title)
        return Field(
            name=name,
            label=localised(question.title),
            widget="group",
            hint=localised(question.hint),
            error=self.faults.get(name, ""),
            required=self.is_required(question),
            rows=[
                Row(
                    title=f"{title} {number + 1}",
                    fields=[
                        self.field(
                            child,
                            row.get(child.key) if isinstance(row, Mapping) else None,
                            f"{name}/{number}/{child.key}",
                        )
                        for child in question.children
                    ],
                    remove_name="_remove" if len(rows) > max(question.min_rows, 0) else "",
                    remove_value=f"{name}/{number}",
                )
                for number, row in enumerate(rows)
            ],
            add_label="" if len(rows) >= question.max_rows else _("Add another") if rows else _("Add"),
        )


def _typed(value: Any) -> str:
    """What stands in a text field: a value of another shape is shown as it came, never refused."""
    return "" if value is None else value if isinstance(value, str) else str(value)


def _why(question: Question) -> Why | None:
    if not question.why:
        return None
    return Why(localised(question.why), law=localise(question.basis), summary=_("Why we ask this"))


def _length(question: Question) -> int | None:
    """A little more than allowed: what is pasted is not cut off silently, it is told to be too long."""
    if question.widget in ("text", "textarea"):
        return question.max_length + max(question.max_length // 10, 20)
    return None


def _width(question: Question) -> str:
    if question.widget in ("number", "money"):
        return "s"
    if question.widget in ("phone", "id_number") or question.format in ("cn-uscc", "email"):
        return "m"
    return "" if question.max_length > _WIDE else "m"


def minutes(count: int) -> str:
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", count) % {"n": count}
