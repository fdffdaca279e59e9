"""What a page was drawn from goes with it, without waiting for the garbage collector."""

import gc
import weakref

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from django.test import RequestFactory


class Row:
    def __str__(self):
        return "a row"


@pytest.fixture
def _without_collector():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collector")
def test_rows_go_when_the_page_is_drawn():
    row = Row()
    seen = weakref.ref(row)
    template = engines["django"].from_string("{% for each in rows %}{{ each }}{% endfor %}")
    assert template.render({"rows": [row]}, RequestFactory().get("/")) == "a row"
    del row
    assert seen() is None


def test_a_missing_template_is_told_as_by_django():
    with pytest.raises(TemplateDoesNotExist, match="nowhere"):
        get_template("nowhere.html")
    with pytest.raises(TemplateDoesNotExist, match="nowhere") as caught:
        engines["django"].from_string("{% include 'nowhere.html' %}").render({})
    assert caught.value.backend is engines["django"]
