"""Synonyms that the network edits."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bdis_search.analysis import stems

MOST_TERMS = 20
MOST_LETTERS = 100


class SynonymGroup(models.Model):
    """Words that stand for one another when somebody searches; they act at once."""

    class Kind(models.TextChoices):
        EQUIVALENT = "equivalent", _("They find one another")
        ALSO = "also", _("The first finds the others too, not the other way round")
        APART = "apart", _("They do not find one another, whatever the list of BDIS says")

    terms = models.TextField(_("words"), help_text=_("One expression per line, two at least."))
    kind = models.CharField(_("effect"), max_length=10, choices=Kind, default=Kind.EQUIVALENT)
    active = models.BooleanField(_("active"), default=True)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("For the team: why they were added.")
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["terms"]

    def __str__(self) -> str:
        return " · ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The expressions, without blank lines."""
        return [line.strip() for line in self.terms.splitlines() if line.strip()]

    def clean(self) -> None:
        """Refuse what could have no effect, naming the line and what to do."""
        lines = self.lines
        known: dict[tuple[str, ...], str] = {}
        if len(lines) < 2:
            raise ValidationError(
                {"terms": gettext("Give two expressions at least, one per line.")}
            )
        if len(lines) > MOST_TERMS:
            told = ngettext("Give %(n)d line at most.", "Give %(n)d lines at most.", MOST_TERMS)
            raise ValidationError({"terms": told % {"n": MOST_TERMS}})
        for line in lines:
            key = stems(line)
            if len(line) > MOST_LETTERS:
                told = gettext("“%(line)s…” is too long: %(n)d characters at most.")
                raise ValidationError({"terms": told % {"line": line[:30], "n": MOST_LETTERS}})
            if not key:
                told = gettext("“%(line)s” holds no word to search for: take it off.")
                raise ValidationError({"terms": told % {"line": line}})
            if key in known:
                told = gettext(
                    "“%(line)s” and “%(other)s” are the same to the search, which minds neither "
                    "accents, capitals nor plurals: keep one of them."
                )
                raise ValidationError({"terms": told % {"line": line, "other": known[key]}})
            known[key] = line
        self.terms = "\n".join(lines)
