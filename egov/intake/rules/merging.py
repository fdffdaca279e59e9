"""One form for several services: each data element is asked once, for all that need it.

A merged form asks and draws; it judges nothing itself. Every part is checked by its own form on its own answers, so
that a bundle and a single filing of the same service can never be judged differently.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from egov.intake.rules.form import DOCUMENTS_PAGE, Form, FormPage, Question, checking_schema
from egov.law.rules import names_in

# What limits a value; where two forms limit the same element, the answer must satisfy both.
_LIMITS = frozenset(
    {
        *("minLength", "maxLength", "pattern", "format", "const", "multipleOf", "minItems", "maxItems", "uniqueItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    }
)


@dataclass(frozen=True)
class Part:
    """One member's own form inside a merged one.

    ``names``: its key → the key in the merged form. ``awaited``: its keys that the output of an earlier member
    answers; they are not asked and may be missing until then.
    """

    member: str
    form: Form
    names: Mapping[str, str]
    awaited: frozenset[str] = frozenset()

    @classmethod
    def whole(cls, member: str, form: Form) -> Self:
        """A form that stands alone."""
        return cls(member, form, {question.key: question.key for question in (*form.questions, *form.shared)})

    @cached_property
    def materials(self) -> frozenset[str]:
        return frozenset(question.material for question in self.form.takes_files)

    def own(self, merged: Mapping[str, Any]) -> dict[str, Any]:
        """What stands under the merged keys, under its own keys."""
        return {key: merged[name] for key, name in self.names.items() if name in merged}

    def own_files(self, files: Mapping[str, Any]) -> dict[str, Any]:
        return {material: kept for material, kept in files.items() if material in self.materials}

    def path(self, own_path: str) -> str:
        """The place of a fault in the merged form; the rows of a group keep their numbers."""
        key, _slash, rest = own_path.partition("/")
        return "/".join(filter(None, (self.names.get(key, key), rest)))


@dataclass(frozen=True)
class Clash:
    """Two members ask for one element in ways that no single answer fits; it is then asked apart."""

    element: str
    members: tuple[str, str]


@dataclass(frozen=True)
class MergedForm(Form):
    """Questions of all parts, each element and each material once. ``clashes`` are faults of the definitions."""

    parts: tuple[Part, ...] = ()
    clashes: tuple[Clash, ...] = ()
    serves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # merged key → members that get the answer

    def part(self, member: str) -> Part:
        """Raises ``KeyError``."""
        return self._by_member[member]

    @cached_property
    def _by_member(self) -> dict[str, Part]:
        return {part.member: part for part in self.parts}

    def told(self, member: str, answers: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """A member's own ``answers`` under the merged keys, their rows beside those of others in ``known``."""
        part = self.part(member)
        return {
            name: beside(part.form.by_key[key], answers[key], known.get(name))
            for key, name in part.names.items()
            if key in answers
        }

    @cached_property
    def deciding(self) -> frozenset[str]:
        return frozenset(part.names[key] for part in self.parts for key in part.form.deciding & part.names.keys())

    @property
    def questions_apart(self) -> int:
        """How many questions the services would ask one by one."""
        return sum(not question.is_file for part in self.parts for question in part.form.questions)

    @property
    def documents_apart(self) -> int:
        return sum(len(part.form.file_questions) for part in self.parts)


def merge(forms: Mapping[str, Form], *, awaited: Mapping[str, frozenset[str]] | None = None) -> MergedForm:
    """``forms``: member → its form, in the order of the members. ``awaited``: member → elements that others bring."""
    draft = _Merging.empty()
    for member, form in forms.items():
        draft = draft.with_part(member, form, (awaited or {}).get(member, frozenset()))
    return draft.finished()


@dataclass(frozen=True)
class _Merging:
    questions: dict[str, Question]
    pages: dict[str, FormPage]
    serves: dict[str, list[str]]
    parts: list[Part]
    clashes: list[Clash]
    shared: dict[str, Question]

    @classmethod
    def empty(cls) -> Self:
        return cls({}, {}, {}, [], [], {})

    def with_part(self, member: str, form: Form, brought: frozenset[str]) -> Self:
        names: dict[str, str] = {}
        awaited: set[str] = set()
        for question in form.questions:
            if question.element and question.element in brought:
                awaited.add(question.key)
                continue
            names[question.key] = self._take(member, question, taken=set(names.values()))
        self._place(member, form, names)
        for question in form.shared:
            self.shared.setdefault(question.key, question)
            names[question.key] = question.key
        self.parts.append(Part(member, form, names, frozenset(awaited)))
        return self

    def _take(self, member: str, question: Question, *, taken: set[str]) -> str:
        """The merged key of a question, which is added or joined with the one that asks for the same."""
        name = shared_name(question) or own_name(member, question)
        known = self.questions.get(name)
        if name in taken or (known is not None and not fit(known, question)):
            if known is not None and name not in taken:
                self.clashes.append(Clash(question.element or question.material, (self.serves[name][0], member)))
            name = own_name(member, question)
            known = None
        self.questions[name] = _joined(known, question) if known else _renamed(question, name)
        self.serves.setdefault(name, []).append(member)
        return name

    def _place(self, member: str, form: Form, names: Mapping[str, str]) -> None:
        """Each new question comes on a page of its form; pages under one title are one page.

        What depends on an answer that is given only later stays on a page of its own, after that answer.
        """
        placed = {key for page in self.pages.values() for key in page.fields}
        for page in form.pages:
            fields = tuple(names[key] for key in page.fields if key in names and names[key] not in placed)
            if not fields:
                continue
            here = next((key for key, each in self.pages.items() if each.title == page.title), "")
            if here:
                fields, joining = self._later(form, page, names, fields, here)
                self.pages[here] = replace(self.pages[here], fields=self.pages[here].fields + joining)
            if fields:
                key = page.key if page.key not in self.pages else f"{member.lower()}-{page.key}"
                self.pages[key] = FormPage(key, self._own_title(page.title), fields)

    def _own_title(self, title: Mapping[str, str]) -> dict[str, str]:
        """Of a page that cannot join the one with its title: numbered, no two are called the same."""
        taken = [each.title for each in self.pages.values()]
        own, number = dict(title), 1
        while own in taken:
            number += 1
            own = {language: f"{text} ({number})" for language, text in title.items()}
        return own

    def _later(
        self, form: Form, page: FormPage, names: Mapping[str, str], fields: tuple[str, ...], here: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of ``fields``, those that depend on answers given after the page ``here``, and those that can join it."""
        pages = list(self.pages)
        if not _asks_files_only(self.pages[here], self.questions):  # those come after all questions anyhow
            pages = pages[: pages.index(here) + 1]
        answered = {key for each in pages for key in self.pages[each].fields}
        own = {name: form.by_key[key] for key, name in names.items()}
        later: list[str] = []
        for name in fields:
            asked = names_in(f"{own[name].visible_when} {page.visible_when}")
            if {names[key] for key in asked if key in names} <= answered:
                answered.add(name)
            else:
                later.append(name)
        return tuple(later), tuple(name for name in fields if name not in later)

    def finished(self) -> MergedForm:
        pages = tuple(sorted(self.pages.values(), key=lambda page: _asks_files_only(page, self.questions)))
        order = tuple(key for page in pages for key in page.fields)
        properties = {key: question.schema for key, question in self.questions.items()}
        return MergedForm(
            questions=tuple(self.questions[key] for key in order),
            pages=pages,
            order=order,
            schema=checking_schema({"type": "object", "properties": properties}),
            shared=tuple(self.shared.values()),
            parts=tuple(self.parts),
            clashes=tuple(self.clashes),
            serves={key: tuple(members) for key, members in self.serves.items()},
        )


def _asks_files_only(page: FormPage, questions: Mapping[str, Question]) -> bool:
    """Documents come after all questions."""
    return page.key == DOCUMENTS_PAGE or all(questions[key].is_file for key in page.fields)


def shared_name(question: Question) -> str:
    """The key under which all members ask for the same; "" for a question of one service alone."""
    if question.is_file:
        return f"file__{question.material}"
    return question.element.replace(".", "__")


def own_name(member: str, question: Question) -> str:
    return f"{member.lower()}__{question.key}"


def beside(question: Question, value: Any, known: Any) -> Any:
    """``value``, and where it is rows of a group, each with what ``known`` says of the same in columns that ``question``
    does not ask: several forms ask for different columns of one element.

    The same is what agrees in all columns that both have; in lists of one length else what stands in the same place.
    """
    if not (question.is_group and isinstance(value, list) and isinstance(known, list)):
        return value
    columns = {child.key for child in question.children}
    rows = [(row, _same(row, place, known, len(value))) for place, row in enumerate(value)]
    return [{**{key: item for key, item in other.items() if key not in columns}, **row} for row, other in rows]


def _same(row: Mapping[str, Any], place: int, known: Sequence[Mapping[str, Any]], count: int) -> Mapping[str, Any]:
    there = known[place] if place < len(known) else {}
    agreeing = [
        other for other in known if (both := row.keys() & other.keys()) and all(row[key] == other[key] for key in both)
    ]
    if there in agreeing or (not agreeing and count == len(known)):
        return there
    return agreeing[0] if agreeing else {}


def fit(one: Question, other: Question) -> bool:
    """Whether one answer can serve both: same type and format, at least one choice in common, the same rows."""
    if (one.type, one.format, one.is_file, one.is_group) != (other.type, other.format, other.is_file, other.is_group):
        return False
    if bool(one.choices) != bool(other.choices) or (one.choices and not set(one.choices) & set(other.choices)):
        return False
    rows = {child.key: child for child in one.children}
    return all(child.key not in rows or fit(rows[child.key], child) for child in other.children)


def _renamed(question: Question, name: str) -> Question:
    """Conditions stay with the parts: they speak of the keys there."""
    return replace(
        question,
        key=name,
        path=name,
        visible_when="",
        required_when="",
        children=tuple(replace(child, path=f"{name}/{child.key}") for child in question.children),
    )


def _joined(known: Question, other: Question) -> Question:
    choices = tuple(choice for choice in known.choices if choice in other.choices)
    rows = {child.key: child for child in known.children}
    more = (replace(child, path=f"{known.path}/{child.key}") for child in other.children if child.key not in rows)
    return replace(
        known,
        required=known.required or other.required,
        prefill=known.prefill and other.prefill,
        hint=known.hint or other.hint,
        why=known.why or other.why,
        basis=known.basis or other.basis,
        accept=known.accept or other.accept,
        max_mb=min(known.max_mb, other.max_mb),
        many=known.many and other.many,
        choices=choices,
        schema=_joined_schema(known.schema, other.schema),
        children=(*known.children, *more),
    )


def _joined_schema(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(one)
    limits = {name: value for name, value in other.items() if name in _LIMITS and one.get(name) != value}
    if limits:
        joined["allOf"] = [*one.get("allOf", ()), limits]
    if "enum" in one and "enum" in other:
        joined["enum"] = [value for value in one["enum"] if value in other["enum"]]
    if one.get("type") == "array" and other.get("type") == "array":
        joined["items"] = _joined_items(one.get("items", {}), other.get("items", {}))
    return joined


def _joined_items(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    joined = _joined_schema(one, other)
    if "properties" in one and "properties" in other:
        joined["properties"] = {**other["properties"], **one["properties"]}
    return joined
