"""Shapes of answers: their fields are made once, and nothing that was drawn or answered stays behind."""

import gc
import weakref
from dataclasses import dataclass

import pytest
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from portals.api.serializers.base import Shown, drawn
from portals.api.views.base import PublicView


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


class Body(dict):
    """A dict that can be watched."""


class Answering(PublicView):
    authentication_classes, throttle_classes = [], []

    def get(self, request):
        return Response(Body(word="b"))


@pytest.fixture
def _without_collector():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collector")
def test_what_was_drawn_goes_without_the_garbage_collector():
    row = Thing("a", [{"word": "b"}])
    seen = weakref.ref(row)
    assert drawn(Whole, [row]) == [{"name": "a", "parts": [{"word": "b"}]}]
    assert Whole(row).data["parts"] == [{"word": "b"}]
    del row
    assert seen() is None


@pytest.mark.usefixtures("_without_collector")
def test_what_was_answered_goes_with_the_answer():
    response = Answering.as_view()(APIRequestFactory().get("/")).render()
    seen = weakref.ref(response.data)
    assert response.content == b'{"word":"b"}'
    del response
    assert seen() is None
