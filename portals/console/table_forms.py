"""A decision table as rows of fields: what must hold of each input, what follows, and the tests beside it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.law.models import DecisionTable
from egov.law.rules import EvaluationError, check_cell, check_expression, check_names
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

    def __init__(self, *args: Any, table: DecisionTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inputs, self.outputs = list(table.inputs), outputs_of(table)
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
        told = any(value for name, value in data.items() if name not in ("place", "gone"))
        if told and not data.get("gone") and not any(data.get(f"then_{name}") for name in self.outputs):
            self.add_error(f"then_{self.outputs[0]}", _("Say what follows from this row."))
        if told and not data.get("gone") and not data.get("id"):
            self.add_error("id", _("Give the row a name of small letters: cases quote it."))
        for name in self.inputs:
            self._read(f"when_{name}", check_cell)
        self._read("condition", _check_condition)
        return data

    def _read(self, name: str, check: Callable[[str, Iterable[str]], None]) -> None:
        """A fault of what is written in a cell stands at the cell."""
        expression = self.cleaned_data.get(name)
        if not expression or self.cleaned_data.get("gone"):
            return
        try:
            check(expression, self.inputs)
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
    """All rows and tests of a draft as one form of many."""

    def __init__(self, table: DecisionTable, data: Any = None) -> None:
        self.rows: Sequence[Mapping[str, Any]] = table.model.get("rules", ())
        self.tests: Sequence[Mapping[str, Any]] = table.tests
        self.row_forms = [
            RowForm(data, prefix=f"r{n}", table=table, initial=self._initial_row(n))
            for n in range(len(self.rows) + BLANK)
        ]
        self.test_forms = [
            TestForm(data, prefix=f"t{n}", table=table, initial=self._initial_test(n))
            for n in range(len(self.tests) + BLANK)
        ]

    def _initial_row(self, n: int) -> dict[str, Any]:
        return RowForm.initial_of(self.rows[n], n + 1) if n < len(self.rows) else {}

    def _initial_test(self, n: int) -> dict[str, Any]:
        return TestForm.initial_of(self.tests[n]) if n < len(self.tests) else {}

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
        found = []
        for n, form in enumerate(self.row_forms):
            row = form.row(self.rows[n] if n < len(self.rows) else {})
            if row is not None:
                # A row without a place comes before the last one, which has to fit every case.
                found.append((form.cleaned_data["place"] or max(len(self.rows) - 0.5, 0), n, row))
        return {"rules": [row for _place, _n, row in sorted(found, key=lambda each: each[:2])]}

    def kept_tests(self) -> list[dict[str, Any]]:
        found = [form.test(self.tests[n] if n < len(self.tests) else {}) for n, form in enumerate(self.test_forms)]
        return [test for test in found if test is not None]


def _check_condition(expression: str, inputs: Iterable[str]) -> None:
    check_expression(expression)
    check_names(expression, inputs)


def _cell(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=300)
