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
from bdis_search.models.acts import has_ended, this_process

_LASTS = datetime.timedelta(seconds=60)


class LeaseLost(Exception):
    """This process was silent for so long that another one may have taken its place."""


class Lease:
    """The lease that this process holds on the outbox of an engine."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.owner = f"{this_process()}:{uuid.uuid4().hex[:12]}"

    def take(self) -> bool:
        """Take the lease if it is free, or of a process that was killed; return whether it was."""
        now = timezone.now()
        leases = DrainLease.objects.filter(name=self.role)
        if leases.filter(until__lte=now).update(owner=self.owner, until=now + _LASTS):
            return True
        holder = leases.values_list("owner", flat=True).first()
        if holder is not None:
            killed = has_ended(holder.rpartition(":")[0])
            mine = leases.filter(owner=holder) if killed else leases.none()
            return bool(mine.update(owner=self.owner, until=now + _LASTS))
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
