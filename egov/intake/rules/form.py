"""A form as questions and pages, made once from the JSON Schema of a service version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from egov.intake.rules import formats
from egov.kernel.text import LocalisedText
from egov.law.rules import EvaluationError, check_expression, names_in

# Limits where the definition names none: nobody types a novel into a one-line field.
LINE_LENGTH = 200
TEXT_LENGTH = 10_000
MAX_ROWS = 50
MAX_FILE_MB = 10

DOCUMENTS_PAGE = "documents"
SHARED = "shared__"  # begins the key of a question for a shared material
_CHOICES_AS_RADIO = 7


class FormDefinitionError(ValueError):
    """The form of a service version cannot be used; ``str`` says where and why (for who writes definitions)."""


@dataclass(frozen=True)
class Question:
    """One question. ``path`` is its place in the answers ("shop_area", "shareholders/share" inside a group)."""

    key: str
    path: str
    type: str
    widget: str
    title: LocalisedText
    hint: LocalisedText = field(default_factory=dict)
    format: str = ""
    required: bool = False
    required_when: str = ""
    visible_when: str = ""
    element: str = ""
    prefill: bool = True  # False: about somebody or something that no register can know yet
    material: str = ""
    accept: str = ""  # "image" or "" (image or PDF)
    max_mb: int = MAX_FILE_MB
    many: bool = False  # several files
    unit: LocalisedText = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    labels: Mapping[str, LocalisedText] = field(default_factory=dict)
    why: LocalisedText = field(default_factory=dict)
    basis: LocalisedText = field(default_factory=dict)
    schema: Mapping[str, Any] = field(default_factory=dict)
    children: tuple["Question", ...] = ()

    @property
    def is_file(self) -> bool:
        return self.widget == "file"

    @property
    def is_group(self) -> bool:
        return self.widget == "group"

    @property
    def max_length(self) -> int:
        default = TEXT_LENGTH if self.widget == "textarea" else LINE_LENGTH
        return int(self.schema.get("maxLength", default))

    @property
    def max_rows(self) -> int:
        return int(self.schema.get("maxItems", MAX_ROWS))

    @property
    def min_rows(self) -> int:
        return int(self.schema.get("minItems", 0))

    @property
    def must_confirm(self) -> bool:
        """A declaration: only "yes" lets the person go on."""
        return self.schema.get("const") is True


@dataclass(frozen=True)
class FormPage:
    key: str
    title: LocalisedText
    fields: tuple[str, ...]
    visible_when: str = ""


@dataclass(frozen=True)
class Form:
    """Compiled once per version. ``order`` has each question after those its conditions look at.

    ``shared``: a question for each material that registers hold. They stand on no page and are not part of what is
    checked: one is put to the applicant only who does not agree that it is fetched, or when the department asks for it.
    """

    questions: tuple[Question, ...]
    pages: tuple[FormPage, ...]
    order: tuple[str, ...]
    schema: Mapping[str, Any]
    shared: tuple[Question, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Question]:
        return {question.key: question for question in (*self.questions, *self.shared)}

    @cached_property
    def page_of(self) -> dict[str, FormPage]:
        return {key: page for page in self.pages for key in page.fields}

    @cached_property
    def deciding(self) -> frozenset[str]:
        """The questions whose answers decide what else is asked or needed."""
        asked = [*self.questions, *(child for question in self.questions for child in question.children)]
        conditions = [f"{each.visible_when} {each.required_when}" for each in asked]
        return names_in(" ".join([*conditions, *(page.visible_when for page in self.pages)])) & self.by_key.keys()

    @cached_property
    def validator(self) -> Draft202012Validator:
        return Draft202012Validator(self.schema, format_checker=formats.checker)

    @cached_property
    def file_questions(self) -> tuple[Question, ...]:
        """What the form itself asks for."""
        return tuple(question for question in self.questions if question.is_file)

    @cached_property
    def takes_files(self) -> tuple[Question, ...]:
        """Every material that can be handed in."""
        return (*self.file_questions, *self.shared)

    @cached_property
    def by_shared_material(self) -> dict[str, Question]:
        """The questions for shared materials, by material."""
        return {question.material: question for question in self.shared}

    def page(self, key: str) -> FormPage | None:
        return next((page for page in self.pages if page.key == key), None)

    def question_at(self, path: str) -> Question | None:
        """The question a fault's path points at; row numbers are skipped ("shareholders/0/share")."""
        found: Question | None = None
        level: Iterable[Question] = self.questions
        for part in path.split("/"):
            if part.isdigit():
                continue
            found = next((question for question in level if question.key == part), None)
            if found is None:
                return None
            level = found.children
        return found


def compile_form(schema: Mapping[str, Any], materials: Sequence[Mapping[str, Any]] = ()) -> Form:
    """Raises ``FormDefinitionError`` when the schema is not one, asks what we cannot draw, or conditions go in a circle.

    ``materials`` of the applicant that no question asks for get a question of their own on a last page.
    """
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise FormDefinitionError(f"not a JSON Schema: {error.message}") from error
    if schema.get("type") != "object":
        raise FormDefinitionError("a form is a schema of type object")
    by_material = {str(material["key"]): material for material in materials}
    questions = _questions(schema, prefix="", materials=by_material)
    loose = _loose_materials(questions, materials)
    pages = _pages(schema, questions, loose)
    questions = (*questions, *loose)
    _check_conditions(questions, pages)
    return Form(questions, pages, _ordered(questions, pages), checking_schema(schema), _shared(materials))


def _questions(
    schema: Mapping[str, Any], *, prefix: str, materials: Mapping[str, Mapping[str, Any]]
) -> tuple[Question, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        _question(key, definition, prefix=prefix, required=key in required, materials=materials)
        for key, definition in schema.get("properties", {}).items()
    )


def _question(
    key: str,
    definition: Mapping[str, Any],
    *,
    prefix: str,
    required: bool,
    materials: Mapping[str, Mapping[str, Any]],
) -> Question:
    path = f"{prefix}{key}"
    kind = definition.get("type")
    if kind not in ("string", "integer", "number", "boolean", "array"):
        raise FormDefinitionError(f"{path}: type {kind!r} cannot be asked")
    items = definition.get("items", {}) if kind == "array" else {}
    widget = definition.get("x-widget") or _widget(definition, items)
    children: tuple[Question, ...] = ()
    if widget == "group":
        if items.get("type") != "object" or prefix:
            raise FormDefinitionError(f"{path}: a group is an array of objects and does not nest")
        children = _questions(items, prefix=f"{path}/", materials=materials)
        if any(child.is_file for child in children):
            raise FormDefinitionError(f"{path}: a file cannot be asked inside a group")
    choices = items if widget == "checkboxes" else definition
    question = Question(
        key=key,
        path=path,
        type=kind,
        widget=widget,
        title=definition.get("x-title") or {"en": key},
        hint=definition.get("x-hint") or {},
        format=definition.get("format", ""),
        required=required,
        required_when=definition.get("x-required-when", ""),
        visible_when=definition.get("x-visible-when", ""),
        element=definition.get("x-element", ""),
        prefill=definition.get("x-prefill", True),
        unit=definition.get("x-unit") or {},
        choices=tuple(str(value) for value in choices.get("enum", ())),
        labels=definition.get("x-labels") or items.get("x-labels") or {},
        why=definition.get("x-why") or {},
        basis=definition.get("x-basis") or {},
        schema=definition,
        children=children,
    )
    if widget != "file":
        return question
    material = definition.get("x-material") or key
    return _with_material(replace(question, material=material), materials.get(material, {}))


def _with_material(question: Question, material: Mapping[str, Any]) -> Question:
    """What the list of materials says about a file: limits, and when it must be there."""
    when = str(material.get("required", ""))
    return replace(
        question,
        accept=question.schema.get("x-accept") or material.get("accept", ""),
        max_mb=int(material.get("max_mb", MAX_FILE_MB)),
        many=question.type == "array",
        required=question.required or when == "always",
        required_when=question.required_when or (when if when not in ("", "always", "never") else ""),
    )


def _loose_materials(questions: Sequence[Question], materials: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    asked = {question.material for question in questions}
    taken = {question.key for question in questions}
    loose = []
    for material in materials:
        key = str(material["key"])
        if material.get("source") != "applicant" or key in asked:
            continue
        if key in taken:
            raise FormDefinitionError(f"{key}: a material and a question share this key")
        bare = Question(key=key, path=key, type="string", widget="file", title=material["name"], material=key)
        loose.append(_with_material(bare, material))
    return tuple(loose)


def _shared(materials: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Several files, for each: what a register says on one page may take more when it is copied."""
    return tuple(
        _with_material(
            Question(
                key=f"{SHARED}{material['key']}",
                path=f"{SHARED}{material['key']}",
                type="array",
                widget="file",
                title=material["name"],
                hint=material.get("note") or {},
                material=str(material["key"]),
            ),
            material,
        )
        for material in materials
        if material.get("source") == "shared"
    )


def _widget(definition: Mapping[str, Any], items: Mapping[str, Any]) -> str:
    kind = definition["type"]
    if kind == "array":
        return "group" if items.get("type") == "object" else "checkboxes"
    if kind == "boolean":
        return "checkbox"
    if "enum" in definition:
        return "radio" if len(definition["enum"]) <= _CHOICES_AS_RADIO else "select"
    if kind in ("integer", "number"):
        return "number"
    by_format = {"date": "date", "phone": "phone", "money": "money", "cn-resident-id": "id_number"}
    if definition.get("format") in by_format:
        return by_format[definition["format"]]
    return "textarea" if definition.get("maxLength", 0) > LINE_LENGTH else "text"


def _pages(schema: Mapping[str, Any], questions: Sequence[Question], loose: Sequence[Question]) -> tuple[FormPage, ...]:
    keys = [question.key for question in questions]
    pages = []
    for page in schema.get("x-pages", ()):
        unknown = [key for key in page["fields"] if key not in keys]
        if unknown:
            raise FormDefinitionError(f"page {page['key']}: no question {', '.join(unknown)}")
        pages.append(FormPage(page["key"], page["title"], tuple(page["fields"]), page.get("visible_when", "")))
    placed = [key for page in pages for key in page.fields]
    if len(placed) != len(set(placed)):
        raise FormDefinitionError("a question stands on two pages")
    rest = tuple(key for key in keys if key not in set(placed))
    if rest and pages:
        pages[-1] = replace(pages[-1], fields=pages[-1].fields + rest)
    elif rest:
        pages.append(FormPage("form", {"zh-Hans": "填写", "en": "Your answers"}, rest))
    if loose:
        title = {"zh-Hans": "材料", "en": "Documents"}
        pages.append(FormPage(DOCUMENTS_PAGE, title, tuple(question.key for question in loose)))
    if len({page.key for page in pages}) != len(pages):
        raise FormDefinitionError("two pages share a key")
    return tuple(pages)


def _check_conditions(questions: Sequence[Question], pages: Sequence[FormPage]) -> None:
    asked = [*questions, *(child for question in questions for child in question.children)]
    for condition in [text for each in asked for text in (each.visible_when, each.required_when)] + [
        page.visible_when for page in pages
    ]:
        if condition:
            try:
                check_expression(condition)
            except EvaluationError as error:
                raise FormDefinitionError(str(error)) from error


def _ordered(questions: Sequence[Question], pages: Sequence[FormPage]) -> tuple[str, ...]:
    """Every question after those whose answers decide whether it is shown."""
    keys = {question.key for question in questions}
    page_condition = {key: page.visible_when for page in pages for key in page.fields}
    needs = {
        question.key: names_in(f"{question.visible_when} {page_condition.get(question.key, '')}") & keys
        for question in questions
    }
    ordered: list[str] = []
    waiting = [question.key for question in questions]
    while waiting:
        ready = [key for key in waiting if needs[key] <= set(ordered)]
        if not ready:
            raise FormDefinitionError(f"conditions go in a circle: {', '.join(waiting)}")
        ordered += ready
        waiting = [key for key in waiting if key not in set(ready)]
    return tuple(ordered)


def checking_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema that types and limits are checked against; presence is checked apart, because it has conditions."""
    properties = {}
    for key, definition in schema.get("properties", {}).items():
        if definition.get("x-widget") == "file":
            continue
        rows = definition.get("items", {})
        if definition.get("type") == "array" and rows.get("type") == "object":
            definition = {**definition, "items": checking_schema(rows)}
        properties[key] = definition
    kept = {
        name: value for name, value in schema.items() if name not in ("required", "x-pages", "additionalProperties")
    }
    return {**kept, "properties": properties}
