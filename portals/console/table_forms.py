"""A decision table as rows of fields: what must hold of each input, what follows, and the tests beside it."""

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.kernel.definitions import digest
from egov.law.models import DecisionTable
from egov.law.rules import EvaluationError, ImpossibleAnswer, check_cell, check_over
from portals.console.forms import both, initial_both

BLANK = 2  # rows offered for what is added


def typed(text: str) -> Any:
    """ "true", "12", "null" and the like as what they say; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def outputs_of(table: DecisionTable) -> list[str]:
    return list(dict.fromkeys(name for row in table.model.get("rules", ()) for name in row["then"]))


class RowForm(forms.Form):
    """One row. A row without an outcome is no row."""

    id = forms.RegexField(
        label=gettext_lazy("Name of the row"), regex=r"^[a-z][a-z0-9_]*$", max_length=40, required=False
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, table: DecisionTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.inputs, self.outputs = table, list(table.inputs), outputs_of(table)
        for name in self.inputs:
            self.fields[f"when_{name}"] = _cell(_("%(name)s is") % {"name": name})
        self.fields["condition"] = _cell(_("and it holds that"))
        for name in self.outputs:
            self.fields[f"then_{name}"] = _cell(_("then %(name)s is") % {"name": name})
        self.fields["says_zh"] = _cell(_("Reason in Chinese"))
        self.fields["says_en"] = _cell(_("Reason in English"))
        self.fields["place"] = forms.IntegerField(label=_("Place"), min_value=1, max_value=1000, required=False)
        self.fields["gone"] = forms.BooleanField(label=_("Take this row out"), required=False)

    @classmethod
    def initial_of(cls, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        return {
            "id": row.get("id", ""),
            **{f"when_{name}": written(cell) for name, cell in row.get("when", {}).items()},
            "condition": row.get("condition", ""),
            **{f"then_{name}": written(value) for name, value in row["then"].items()},
            **initial_both("says", row.get("says", {})),
            "place": place,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        told = any(value for name, value in data.items() if name not in ("was", "place", "gone"))
        if told and not data.get("gone") and not any(data.get(f"then_{name}") for name in self.outputs):
            self.add_error(f"then_{self.outputs[0]}", _("Say what follows from this row."))
        if told and not data.get("gone") and not data.get("id"):
            self.add_error("id", _("Give the row a name of small letters: cases quote it."))
        for name in self.inputs:
            self._read(f"when_{name}", functools.partial(check_cell, name=name, inputs=self.table.inputs))
        self._read("condition", functools.partial(check_over, inputs=self.table.inputs))
        return data

    def _read(self, name: str, check: Callable[[str], None]) -> None:
        """A fault of what is written in a cell stands at the cell."""
        expression = self.cleaned_data.get(name)
        if not expression or self.cleaned_data.get("gone"):
            return
        try:
            check(expression)
        except ImpossibleAnswer as error:
            self.add_error(name, error.detail)
        except EvaluationError:
            message = _(
                "This cannot be read. Write for example >= 300, true or %(text)s: a text stands between quotation "
                "marks, and only the inputs of the table are known."
            )
            self.add_error(name, message % {"text": '"sale"'})

    def row(self, before: Mapping[str, Any]) -> dict[str, Any] | None:
        """What is not edited here (articles) stays as it was in the row ``before``."""
        data = self.cleaned_data
        if data["gone"] or not data["id"]:
            return None
        parts = {
            "when": {name: data[f"when_{name}"] for name in self.inputs if data[f"when_{name}"]},
            "condition": data["condition"],
            "says": both(data, "says"),
        }
        return {
            **{name: value for name, value in before.items() if name not in parts},
            "id": data["id"],
            "then": {name: typed(data[f"then_{name}"]) for name in self.outputs if data[f"then_{name}"] != ""},
            **{name: value for name, value in parts.items() if value},
        }


class TestForm(forms.Form):
    """One test: inputs, and the row that has to fire, or that it has to be refused."""

    __test__ = False
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, table: DecisionTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inputs = list(table.inputs)
        for name in self.inputs:
            self.fields[f"in_{name}"] = _cell(name)
        self.fields["rule"] = _cell(_("Row that has to fire"))
        self.fields["error"] = forms.BooleanField(label=_("It has to be refused"), required=False)
        self.fields["gone"] = forms.BooleanField(label=_("Take this test out"), required=False)

    @classmethod
    def initial_of(cls, test: Mapping[str, Any]) -> dict[str, Any]:
        inputs = {f"in_{name}": written(value) for name, value in test["input"].items()}
        return {**inputs, "rule": test.get("rule", ""), "error": bool(test.get("error"))}

    def test(self, before: Mapping[str, Any]) -> dict[str, Any] | None:
        data = self.cleaned_data
        given = {name: typed(data[f"in_{name}"]) for name in self.inputs if data[f"in_{name}"] != ""}
        if data["gone"] or not (given or data["rule"] or data["error"]):
            return None
        expected: dict[str, Any] = {"error": True} if data["error"] else {"rule": data["rule"]} if data["rule"] else {}
        # What the row gives stands in the row; an expected output is kept while the row expected is the same.
        if before.get("output") and before.get("rule") == data["rule"] and not data["error"]:
            expected["output"] = before["output"]
        return {"input": given, **expected}


class TableForms:
    """All rows and tests of a draft as one form of many.

    Each form names what it was made from (``was``): what somebody else added since stands behind what was posted and is
    kept, a row before the last one.
    """

    def __init__(self, table: DecisionTable, data: Any = None) -> None:
        rows: Sequence[Mapping[str, Any]] = table.model.get("rules", ())
        self.rows = dict(zip(_names([str(row.get("id", "")) for row in rows]), rows, strict=True))
        self.tests = dict(zip(_names([digest(test) for test in table.tests]), table.tests, strict=True))
        shown_rows = {was: RowForm.initial_of(row, n) for n, (was, row) in enumerate(self.rows.items(), 1)}
        shown_tests = {was: TestForm.initial_of(test) for was, test in self.tests.items()}
        self.row_forms: list[RowForm] = _forms(RowForm, "r", table, shown_rows, data)
        self.test_forms: list[TestForm] = _forms(TestForm, "t", table, shown_tests, data)

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in (*self.row_forms, *self.test_forms))

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Message and id of the field, in the order of the page."""
        return [
            (str(error), bound.auto_id)
            for form in (*self.row_forms, *self.test_forms)
            for bound in form
            for error in bound.errors
        ]

    def model(self) -> dict[str, Any]:
        rows = [
            (form.cleaned_data["place"], form.row(self.rows.get(form.cleaned_data["was"], {})))
            for form in self.row_forms
        ]
        kept = [(place, row) for place, row in rows if row is not None]
        # A row without a place comes before the last one, which has to fit every case.
        last = max((place for place, _row in kept if place), default=0)
        return {"rules": [row for _place, row in sorted(kept, key=lambda each: each[0] or last - 0.5)]}

    def kept_tests(self) -> list[dict[str, Any]]:
        found = [form.test(self.tests.get(form.cleaned_data["was"], {})) for form in self.test_forms]
        return [test for test in found if test is not None]


def _names(keys: Sequence[str]) -> list[str]:
    """A name of its own for each: what is written twice, or has no key, is told apart by its number."""
    return [key if key and keys.count(key) == 1 else f"{key}#{n}" for n, key in enumerate(keys)]


def _forms(
    kind: type[Any], letter: str, table: DecisionTable, standing: Mapping[str, Mapping[str, Any]], data: Any
) -> list[Any]:
    """A form for each thing that stands (name → initial values) and for what is added; or those that were posted."""
    named = [{**initial, "was": was} for was, initial in standing.items()]
    if data is None:
        initials = [*named, *({} for _blank in range(BLANK))]
        return [kind(prefix=f"{letter}{n}", table=table, initial=initial) for n, initial in enumerate(initials)]
    numbers = {int(found[1]) for name in data if (found := re.match(rf"{letter}(\d{{1,4}})-", name))}
    posted = [
        kind(data, prefix=prefix, table=table, initial=standing.get(data.get(f"{prefix}-was", ""), {}))
        for prefix in (f"{letter}{n}" for n in sorted(numbers))
    ]
    seen = {data.get(f"{form.prefix}-was", "") for form in posted}
    first = max(numbers, default=-1) + 1
    for n, initial in enumerate((each for each in named if each["was"] not in seen), start=first):
        prefix = f"{letter}{n}"
        values = {f"{prefix}-{name}": value for name, value in initial.items() if name != "place"}
        posted.append(kind(values, prefix=prefix, table=table, initial=initial))
    return posted


def _cell(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=300)
