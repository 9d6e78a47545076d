"""Long acts on an index that are under way: one of a kind for an engine, alive or killed."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Self

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_search.models.outbox import EngineRole

#: An act that gave no sign of life for that long was killed.
SILENCE = datetime.timedelta(minutes=10)


class UnderWay(Exception):
    """Some process is already doing the same to the same index."""

    def __init__(self, act: LongAct) -> None:
        super().__init__(
            f"{act._meta.verbose_name} ({act.engine}): already under way since "
            f"{act.started_at:%H:%M}, {act.done} of {act.total} done."
        )
        self.act = act


class LongAct(models.Model):
    """Something long done to an index; the row is there only while it is being done."""

    engine = models.CharField(_("engine"), max_length=10, choices=EngineRole.choices, unique=True)
    started_at = models.DateTimeField(_("started on"), default=timezone.now)
    alive_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    # Machine (and container) and process that do it.
    process = models.CharField(_("process"), max_length=100, blank=True)
    done = models.PositiveIntegerField(_("listings done"), default=0)
    total = models.PositiveIntegerField(_("listings to do"), default=0)

    objects = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_engine_display()}, {self.started_at:%Y-%m-%d %H:%M}"

    @classmethod
    def begin(cls, engine: str, total: int) -> Self:
        """Tell that this process begins; raise ``UnderWay`` when another one is at it."""
        while (act := cls.running(engine)) is None:
            # Somebody began in between, and may be over by now: looked at again.
            with contextlib.suppress(IntegrityError), transaction.atomic():
                return cls.objects.create(engine=engine, total=total, process=this_process())
        raise UnderWay(act)

    @classmethod
    def running(cls, engine: str) -> Self | None:
        """Return what some process is doing to the index of ``engine``.

        What is held for dead is buried at once: should it live after all, ``beat`` tells it so.
        """
        act = cls.objects.filter(engine=engine).first()
        if act is None or act.is_alive:
            return act
        buried, _kinds = cls.objects.filter(pk=act.pk, alive_at=act.alive_at).delete()
        return None if buried else act

    @property
    def is_alive(self) -> bool:
        """Whether the process that began it can still be at it."""
        if self.alive_at <= timezone.now() - SILENCE:
            return False
        return not has_ended(self.process)

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    def beat(self, done: int) -> bool:
        """Give a sign of life; return False when this act was held for dead."""
        row = type(self).objects.filter(pk=self.pk)
        return bool(row.update(alive_at=timezone.now(), done=done))

    def end(self) -> bool:
        """Tell that it is over; return False when it was held for dead before."""
        ended, _kinds = type(self).objects.filter(pk=self.pk).delete()
        return bool(ended)


class IndexRebuild(LongAct):
    """A rebuild of an index under way; meanwhile applied tasks are kept, to be applied again."""

    class Meta(LongAct.Meta):
        verbose_name = _("rebuild of the index")
        verbose_name_plural = _("rebuilds of the index")


class IndexCheck(LongAct):
    """A comparison of an index and the database under way."""

    class Meta(LongAct.Meta):
        verbose_name = _("check of the index")
        verbose_name_plural = _("checks of the index")


def this_process() -> str:
    """Return what tells this process from those of other machines: "<16 characters>:<number>"."""
    return f"{_this_machine()}:{os.getpid()}"


def has_ended(process: str) -> bool:
    """Return whether a process is known to have ended: one of this machine, that is no more."""
    machine, _, number = process.rpartition(":")
    if machine != _this_machine() or not number.isdecimal():
        return False  # elsewhere: only silence tells
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's: it is there
    return _is_zombie(int(number))


def _is_zombie(number: int) -> bool:
    """Return whether a process was killed and nobody took notice yet."""
    try:
        told = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[:1] == ["Z"]


@lru_cache(maxsize=1)
def _this_machine() -> str:
    """Name the space in which process numbers are unique: this boot, this container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        space = socket.gethostname()
    return blake2b(space.encode(), digest_size=8).hexdigest()
