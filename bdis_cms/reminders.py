"""Reminders of every part of the directory, sent by one command that runs every day.

The Wagtail hook ``register_bdis_reminders`` registers a function ``remind(now, *, dry_run, step)``
that sends what is due and returns how many e-mails went: it sends each once, however often it
runs, calls ``step()`` after each, and sends nothing when ``dry_run``. ``remind(now)`` alone will
do: it is left out of dry runs. It raises ``RemindersFailed`` once the others are sent.
"""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from wagtail import hooks

HOOK = "register_bdis_reminders"


class RemindersFailed(Exception):
    """Some e-mails did not go; the next run tries them again."""

    def __init__(self, sent: int, failed: int) -> None:
        super().__init__(f"{failed} e-mails were refused; the next run tries them again.")
        self.sent = sent
        self.failed = failed


@dataclass
class Outcome:
    """What a run did: e-mails sent, and what went wrong in which function."""

    sent: int = 0
    failures: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def send_reminders(
    now: datetime.datetime | None = None,
    *,
    dry_run: bool = False,
    step: Callable[[], Any] = lambda: None,
) -> Outcome:
    """Have every part of the directory send what is due; one that fails stops no other."""
    outcome = Outcome()
    for remind in hooks.get_hooks(HOOK):
        name = f"{remind.__module__}.{remind.__qualname__}"
        accepted = inspect.signature(remind).parameters
        if dry_run and "dry_run" not in accepted:
            outcome.left_out.append(name)
            continue
        given = {"dry_run": dry_run, "step": step}
        try:
            outcome.sent += remind(
                now or timezone.now(),
                **{key: value for key, value in given.items() if key in accepted},
            )
        except RemindersFailed as error:
            outcome.sent += error.sent
            outcome.failures.append(f"{name}: {error}")
        except Exception as error:  # one part of the directory must not silence the others
            outcome.failures.append(f"{name}: {error!r}")
    return outcome
