"""A cache that may be away: every operation then answers as if nothing were stored, and no page fails.

What must be right without Redis (sessions, lock-outs, idempotency) is kept in the database, never here.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

PAUSE = 5  # seconds during which an absent server is not asked again


class ForgivingRedisCache(RedisCache):
    """Redis, or nothing. After a failure the server is left alone for a few seconds, so that pages stay fast."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._away_until = 0.0

    def _try(self, operation: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < self._away_until:
            return otherwise
        try:
            return operation()
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + PAUSE
            logger.warning("cache_away", error=repr(error))
            return otherwise

    def add(self, key: str, *args: Any, **kwargs: Any) -> bool:
        """True ("it was not there") when the cache is away, as a fresh cache would say."""
        return bool(self._try(lambda: RedisCache.add(self, key, *args, **kwargs), True))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: RedisCache.get(self, key, default, version), default)

    def set(self, key: str, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: RedisCache.set(self, key, *args, **kwargs), None)

    def touch(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(lambda: RedisCache.touch(self, key, *args, **kwargs), False))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._try(lambda: RedisCache.delete(self, key, version), False))

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return dict(self._try(lambda: RedisCache.get_many(self, keys, version), {}))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._try(lambda: RedisCache.has_key(self, key, version), False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._try(lambda: RedisCache.incr(self, key, delta, version), delta))

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[str]:
        """The keys that were not stored: all of them when the cache is away."""
        return list(self._try(lambda: RedisCache.set_many(self, data, *args, **kwargs), list(data)))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._try(lambda: RedisCache.delete_many(self, keys, version), None)

    def clear(self) -> None:
        self._try(lambda: RedisCache.clear(self), None)
