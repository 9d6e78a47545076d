"""How the text of a query is read: as typed, and more leniently when nothing has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bdis_search.analysis import parse_text
from bdis_search.query import Query
from bdis_search.ranking import Match, lenient_match, possible_words, strict_match


class Reading:
    """The text of a query as it is read now; ``match`` is ``None`` without a word.

    It depends on the text and the index alone, never on the filters: that is what keeps the
    counts of facets equal to the totals they announce. ``known`` returns which of some words the
    index has.
    """

    def __init__(self, query: Query, known: Callable[[Iterable[str]], set[str]]) -> None:
        self.text = parse_text(query.text)
        self.forgiven = False
        self.relaxed = False
        self._promoted = query.promoted
        self._known = known
        self.match: Match | None = None
        if self.text:
            self.match = strict_match(self.text).promoting(self._promoted)

    @property
    def settled(self) -> bool:
        """Whether the text bends no more."""
        return self.match is None or self.relaxed

    def bend(self) -> bool:
        """Allow a typo, then a missing word; return whether that changed anything."""
        if self.settled:
            return False
        match = lenient_match(
            self.text, self._known(possible_words(self.text)), relaxed=self.forgiven
        )
        if match is None:
            return False
        self.forgiven, self.relaxed = True, self.forgiven
        self.match = match.promoting(self._promoted)
        return True
