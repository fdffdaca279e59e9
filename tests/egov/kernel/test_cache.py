"""Without Redis the cache is empty, fast, and never an error."""

import time

import pytest
from django.core.cache import cache, caches

from egov.kernel import cache as module
from egov.kernel.cache import ForgivingRedisCache


@pytest.fixture
def away():
    options = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    return ForgivingRedisCache("unix:///nowhere/redis.sock", {"OPTIONS": options})


def test_with_redis_it_is_a_cache():
    assert isinstance(caches["default"], ForgivingRedisCache)
    assert cache.add("a", 1) is True
    assert cache.add("a", 2) is False
    assert cache.incr("a", 2) == 3
    assert (cache.get("a"), cache.has_key("a"), cache.touch("a", 60)) == (3, True, True)
    assert cache.set_many({"b": 1, "c": 2}) == []
    assert cache.get_many(["a", "b", "z"]) == {"a": 3, "b": 1}
    assert cache.delete("a") is True
    cache.delete_many(["b"])
    assert cache.get_or_set("d", lambda: 7) == 7
    assert cache.get("b", "none") == "none"
    with pytest.raises(ValueError, match="not found"):
        cache.incr("absent")


def test_without_redis_every_operation_answers_as_if_nothing_were_stored(away):
    assert away.get("a") is None
    assert away.get("a", "default") == "default"
    assert away.get_many(["a"]) == {}
    assert away.set("a", 1) is None
    assert away.set_many({"a": 1, "b": 2}) == ["a", "b"]
    assert (away.add("a", 1), away.incr("a"), away.touch("a"), away.has_key("a")) == (True, 1, False, False)
    assert (away.delete("a"), away.delete_many(["a"]), away.clear()) == (False, None, None)
    assert away.get_or_set("a", lambda: 7) == 7


def test_an_absent_server_is_asked_again_only_after_a_pause(away, monkeypatch):
    calls = []
    monkeypatch.setattr(module.RedisCache, "get", lambda *_args: calls.append(1) or (_ for _ in ()).throw(OSError()))
    moment = time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: moment)
    for _ in range(50):
        away.get("a")
    assert len(calls) == 1
    moment += module.PAUSE + 1
    away.get("a")
    assert len(calls) == 2
