"""Shapes of answers: their fields are made once, and nothing that was drawn stays behind."""

import gc
import weakref
from dataclasses import dataclass

from rest_framework import serializers

from portals.api.serializers.base import Shown, drawn


class Part(Shown):
    word = serializers.CharField()


class Whole(Shown):
    name = serializers.CharField()
    parts = Part(many=True)


class Longer(Whole):
    more = serializers.CharField()


@dataclass
class Thing:
    name: str
    parts: list
    more: str = ""


def test_fields_are_made_once_and_for_each_shape_its_own():
    assert Whole().fields is Whole().fields
    assert list(Longer().fields) == ["name", "parts", "more"]
    assert list(Whole().fields) == ["name", "parts"]


def test_what_was_drawn_goes_without_the_garbage_collector():
    row = Thing("a", [{"word": "b"}])
    seen = weakref.ref(row)
    gc.disable()
    try:
        assert drawn(Whole, [row]) == [{"name": "a", "parts": [{"word": "b"}]}]
        assert Whole(row).data["parts"] == [{"word": "b"}]
        del row
        assert seen() is None
    finally:
        gc.enable()
