"""Every text has its translation, with the same placeholders, and one translation wherever it stands."""

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings

from egov.kernel import translations

FILES = dict(translations.catalogues())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_file_has_no_fault(path):
    assert list(translations.faults(FILES[path])) == []


def test_no_text_is_translated_in_two_ways():
    assert list(translations.conflicts(FILES.items())) == []


def saying(text, translated, context=None) -> Catalog:
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add(text, translated, context=context)
    return catalogue


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("At the latest until", "最多允许%(days)s天。"),
        ("At most %(days)s days are allowed.", "这个事项没有这种特别程序。"),
        ("At most %(days)s days are allowed.", "最多允许%(n)s天。"),
        (("%(n)s item", "%(n)s items"), ("共%(n)s件。共%(n)s件。",)),
    ],
    ids=["one too many", "one lost", "another", "the text twice"],
)
def test_other_placeholders_are_a_fault(text, translated):
    assert any("not the placeholders" in fault for fault in translations.faults(saying(text, translated)))


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("Within %(limit)s: %(body)s", "向%(body)s，%(limit)s内"),
        (("one more question", "%(n)s more questions"), ("多了%(n)s个问题",)),
        ("At most 20 %", "最多20%"),
    ],
)
def test_the_order_of_placeholders_and_the_form_for_one_are_free(text, translated):
    assert not list(translations.faults(saying(text, translated)))


def test_one_text_in_two_files_needs_a_context_to_be_translated_differently():
    here, there = (settings.BASE_DIR / room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po" for room in "ab")
    (fault,) = translations.conflicts([(here, saying("closed", "已办结")), (there, saying("closed", "已关闭"))])
    assert "'closed'" in fault
    assert "a/locale" in fault
    same = saying("closed", "已关闭", context="department")
    assert not list(translations.conflicts([(here, saying("closed", "已办结")), (there, same)]))
