"""Sending what is new in saved searches: each listing once to each subscriber, whatever happens.

A digest is claimed, sent, then marked as sent. The claim is one statement that makes its listings
known and gives the row its next date; a mail that the server refused gives them back. A process
killed between the claim and the mark leaves a mail that may or may not have gone: it is not sent
again, for a listing told twice is what readers leave for. Everything else that was due stays due
and goes with the next run.
"""

from __future__ import annotations

import datetime
import logging
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.utils import timezone

from bdis_search.backends.base import SearchEngineError
from bdis_search.models import DigestRun, SavedSearch
from bdis_search.models.saved import MOST_FAILURES
from bdis_search.saved.digests import Digest, digest_of, known_of
from bdis_search.saved.known import pack
from bdis_search.saved.mails import digest_message
from bdis_search.saved.matching import NotUnderstood, matching
from bdis_search.saved.subscribing import next_look, purge

logger = logging.getLogger("bdis.search")

_BATCH = 100
_CUT_SHORT_AFTER = datetime.timedelta(hours=1)
_RUNS_KEPT = 60
#: The server is to blame rather than so many addresses.
_REFUSED_IN_A_ROW = 10


class MailServerAway(Exception):
    """The mail server does not answer, or refuses the sender: no mail can go."""


class MailRefused(Exception):
    """The mail server refused this mail for sure; ``str`` is the kind of the refusal.

    ``for_good``: the address is to blame, as far as its code tells.
    """

    def __init__(self, kind: str, code: int = 0) -> None:
        super().__init__(f"{kind} {code}" if code else kind)
        self.for_good = not 400 <= code < 500


@dataclass(slots=True)
class Tally:
    """What a run did; ``error`` tells why it ended early."""

    purged: int = 0
    sent: int = 0
    listings: int = 0
    nothing_new: int = 0
    refused: int = 0
    uncertain: int = 0
    not_understood: int = 0
    error: str = ""
    lines: list[str] = field(default_factory=list)


def send_digests(
    *,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
    step: Callable[[], Any] = lambda: None,
) -> Tally:
    """Send what is new to every subscriber whose day has come, and return what was done.

    ``dry_run`` writes and sends nothing; ``stop`` is asked between two mails; ``step`` is called
    after each subscriber. An engine or a mail server that is away ends the run: who was not told
    yet is at the next one.
    """
    run = _Run(dry_run)
    record = None if dry_run else DigestRun.objects.create()
    try:
        run.prepare()
        for saved in due(timezone.localdate()):
            if stop():
                run.tally.error = "stopped"
                break
            run.tell(saved)
            step()
    except (SearchEngineError, MailServerAway) as error:
        run.tally.error = f"{type(error).__name__}: {error}"[:200]
    finally:
        run.close()
        if record:
            _write(record, run.tally)
    return run.tally


def due_count() -> int:
    """Return how many subscribers are to be looked at today."""
    return SavedSearch.objects.due(timezone.localdate()).count()


def due(day: datetime.date) -> Iterator[SavedSearch]:
    """Yield who is due on ``day``; the same searches follow one another, to be read once."""
    keys = list(
        SavedSearch.objects.due(day).order_by("fingerprint", "pk").values_list("pk", flat=True)
    )
    for start in range(0, len(keys), _BATCH):
        chunk = keys[start : start + _BATCH]
        # Read anew: some may have left while the others were being sent.
        rows = SavedSearch.objects.due(day).in_bulk(chunk)
        yield from (rows[key] for key in chunk if key in rows)


class _Run:
    def __init__(self, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.tally = Tally()
        self._postman = _Postman()
        self._read: tuple[str, tuple[int, ...]] | None = None
        self._in_a_row = 0

    def prepare(self) -> None:
        """Forget who must be, tell what a killed run left, read the stocks not read yet."""
        if self.dry_run:
            return
        self.tally.purged = purge()
        cut = SavedSearch.objects.filter(sending_since__lt=timezone.now() - _CUT_SHORT_AFTER)
        self.tally.uncertain = cut.update(sending_since=None, error="cut short")
        unread = SavedSearch.objects.confirmed().filter(known__isnull=True)
        for saved in list(unread.order_by("fingerprint", "pk")):
            try:
                saved.take_turn(known=pack(known_of(saved, self._matched(saved))))
            except NotUnderstood:
                continue

    def tell(self, saved: SavedSearch) -> None:
        """Tell one subscriber what is new."""
        try:
            digest = digest_of(saved, self._matched(saved))
        except NotUnderstood:
            self.tally.not_understood += 1
            self._pass(saved, error="search not understood any more")
            return
        if digest is None:
            self.tally.nothing_new += 1
            self._pass(saved)
        elif self.dry_run:
            self._count(digest)
        else:
            self._deliver(digest)

    def close(self) -> None:
        self._postman.close()

    def _matched(self, saved: SavedSearch) -> tuple[int, ...]:
        if self._read is None or self._read[0] != saved.search:
            self._read = (saved.search, matching(saved.search))
        return self._read[1]

    def _pass(self, saved: SavedSearch, **changes: Any) -> None:
        if not self.dry_run:
            saved.take_turn(next_on=_next(saved), **changes)

    def _count(self, digest: Digest) -> None:
        self.tally.sent += 1
        self.tally.listings += len(digest.ids)
        self.tally.lines.append(f"{digest.saved.pk}: {len(digest.ids)} · {digest.saved.words}")

    def _deliver(self, digest: Digest) -> None:
        saved = digest.saved
        known = saved.known
        message = digest_message(digest)
        self._postman.get_ready()
        if not saved.take_turn(
            known=digest.known, next_on=_next(saved), sending_since=timezone.now()
        ):
            return  # they left, changed their mind, or another run is telling them
        try:
            self._postman.send(message)
        except MailServerAway:
            self._give_back(saved, known)
            raise
        except MailRefused as refusal:
            self._refused(saved, known, refusal)
        except Exception as error:
            # It may have gone all the same: as after a kill, it is not sent again.
            logger.error("A digest was cut short (%s).", type(error).__name__)
            saved.settle(error=f"cut short: {type(error).__name__}"[:100])
            self.tally.uncertain += 1
        else:
            now = timezone.now()
            saved.settle(
                last_sent_at=now,
                sent_count=F("sent_count") + 1,
                failures=0,
                error="",
            )
            self._in_a_row = 0
            self._count(digest)

    def _give_back(self, saved: SavedSearch, known: Any, **changes: Any) -> None:
        """Undo the claim of a mail that did not go: its listings are news again."""
        changes = {"next_on": timezone.localdate()} | changes
        saved.settle(known=known, **changes)

    def _refused(self, saved: SavedSearch, known: Any, refusal: MailRefused) -> None:
        self.tally.refused += 1
        self._in_a_row += 1
        changes: dict[str, Any] = {"error": str(refusal)[:100]}
        if refusal.for_good:
            failures = saved.failures + 1
            gives_up = timezone.now() if failures >= MOST_FAILURES else None
            tomorrow = timezone.localdate() + datetime.timedelta(days=1)
            changes |= {"next_on": tomorrow, "failures": failures, "given_up_at": gives_up}
        self._give_back(saved, known, **changes)
        if self._in_a_row >= _REFUSED_IN_A_ROW:
            raise MailServerAway(f"{self._in_a_row} mails refused in a row, the last: {refusal}")


class _Postman:
    """One connection to the mail server for a whole run, opened when the first mail is ready."""

    def __init__(self) -> None:
        self._connection: Any = None

    def get_ready(self) -> None:
        """Open the connection, or again when the server closed it; nothing is sent yet."""
        try:
            if self._connection is None:
                self._connection = get_connection()
            elif not self._is_alive():
                self.close()
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            self._connection = None
            raise MailServerAway(type(error).__name__) from None

    def send(self, message: EmailMultiAlternatives) -> None:
        """Send one mail; raise ``MailRefused`` when it did not go for sure."""
        try:
            self._connection.send_messages([message])
        except smtplib.SMTPSenderRefused as error:
            raise MailServerAway(f"SMTPSenderRefused {error.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()), (0,))[0]
            raise MailRefused("SMTPRecipientsRefused", code) from None
        except smtplib.SMTPResponseException as error:
            raise MailRefused(type(error).__name__, error.smtp_code) from None
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            # An address or a header that cannot be written: raised before anything is sent.
            raise MailRefused(type(error).__name__) from None

    def close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            except (OSError, smtplib.SMTPException):
                logger.info("The mail server had closed the connection.")

    def _is_alive(self) -> bool:
        noop = getattr(getattr(self._connection, "connection", None), "noop", None)
        if noop is None:
            return True
        try:
            return bool(noop()[0] == 250)
        except (OSError, smtplib.SMTPException):
            return False


def _next(saved: SavedSearch) -> datetime.date:
    """Return the next day of the same rhythm, after today, however late this run is."""
    today = timezone.localdate()
    day = next_look(saved.next_on or today, saved.frequency)
    return day if day > today else next_look(today, saved.frequency)


def _write(record: DigestRun, tally: Tally) -> None:
    record.ended_at = timezone.now()
    for name in ("sent", "nothing_new", "refused", "uncertain", "error"):
        setattr(record, name, getattr(tally, name))
    record.save()
    kept = DigestRun.objects.values_list("pk", flat=True)[:_RUNS_KEPT]
    DigestRun.objects.exclude(pk__in=list(kept)).delete()
