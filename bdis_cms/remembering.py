"""What every page shows and few people change, remembered by each process for a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

T = TypeVar("T")
# Keys kept by one function: sites × languages, hardly ever more than a handful.
_MOST = 64
_memories: list[dict[Any, Any]] = []


def seconds() -> float:
    """Return how long another process may show what this one changed."""
    return float(getattr(settings, "BDIS_REMEMBER_SECONDS", 5))


def forget_all() -> None:
    """Read everything again from the database at the next question."""
    for kept in _memories:
        kept.clear()


def remembered(*models: type[Model]) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Decorate a function of hashable arguments that reads ``models``.

    What it returned serves again for ``BDIS_REMEMBER_SECONDS`` (5; 0: never), or until this
    process saves or deletes one of ``models``. Never for what is public of a listing: that is asked
    of the database each time.
    """

    def decorate(read: Callable[..., T]) -> Callable[..., T]:
        kept: dict[tuple[Hashable, ...], tuple[float, T]] = {}
        _memories.append(kept)

        @wraps(read)
        def recall(*key: Hashable) -> T:
            found = kept.get(key)
            now = time.monotonic()
            if found and now < found[0]:
                return found[1]
            value = read(*key)
            if len(kept) >= _MOST:
                kept.clear()
            kept[key] = (now + seconds(), value)
            return value

        def forget(sender: type[Model], **kwargs: Any) -> None:
            if issubclass(sender, models):
                kept.clear()

        post_save.connect(forget, weak=False)
        post_delete.connect(forget, weak=False)
        return recall

    return decorate
