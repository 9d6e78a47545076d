"""The right to drain the outbox of an engine: one process at a time, for a while."""

from __future__ import annotations

import contextlib
import datetime
import time
import uuid
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone

from bdis_search.models import DrainLease

_LASTS = datetime.timedelta(seconds=60)


class LeaseLost(Exception):
    """This process was silent for so long that another one may have taken its place."""


class Lease:
    """The lease that this process holds on the outbox of an engine."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.owner = uuid.uuid4().hex

    def take(self) -> bool:
        """Take the lease if it is free; return whether it was."""
        now = timezone.now()
        free = DrainLease.objects.filter(name=self.role, until__lte=now)
        if free.update(owner=self.owner, until=now + _LASTS):
            return True
        if DrainLease.objects.filter(name=self.role).exists():
            return False
        with contextlib.suppress(IntegrityError), transaction.atomic():
            DrainLease.objects.create(name=self.role, owner=self.owner, until=now + _LASTS)
            return True
        return False

    def renew(self) -> None:
        """Keep the lease for longer; raise ``LeaseLost`` when it is another's by now."""
        mine = DrainLease.objects.filter(owner=self.owner)
        if not mine.update(until=timezone.now() + _LASTS):
            raise LeaseLost(self.role)

    def give_back(self) -> None:
        """Let others take it."""
        DrainLease.objects.filter(owner=self.owner).update(owner="", until=timezone.now())


@contextlib.contextmanager
def leased(role: str, patience: float) -> Iterator[Lease | None]:
    """Hold the lease, waited for during ``patience`` seconds; ``None`` when another keeps it."""
    lease = Lease(role)
    deadline = time.monotonic() + patience
    while not lease.take():
        if time.monotonic() >= deadline:
            yield None
            return
        time.sleep(0.05)
    try:
        yield lease
    finally:
        lease.give_back()
