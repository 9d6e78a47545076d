"""Classifications of the directory; legal family and ESS family stay apart."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Term(models.Model):
    """A coded term with a label in each language of the interface."""

    code = models.CharField(
        _("code"),
        max_length=80,
        unique=True,
        help_text=_("Stable: addresses, exports and partners rely on it."),
    )
    label_fr = models.CharField(_("label (French)"), max_length=160)
    label_en = models.CharField(_("label (English)"), max_length=160, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    synonyms = models.TextField(
        _("synonyms"),
        blank=True,
        help_text=_("One per line: acronyms, former names, words people search with."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Label in the active language, else in French."""
        if (get_language() or "fr").startswith("en") and self.label_en:
            return self.label_en
        return self.label_fr


class LegalFamily(Term):
    """One of the five families of the law of 31 July 2014 (2014-856, article 1)."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    in_insee_perimeter = models.BooleanField(
        _("in INSEE's perimeter"),
        default=True,
        help_text=_("INSEE's statistics leave out commercial companies of the ESS."),
    )

    class Meta:
        verbose_name = _("legal family")
        verbose_name_plural = _("legal families")
        ordering = ["position", "code"]


class LegalStatus(Term):
    """A legal form, such as association or SCIC SAS."""

    legal_family = models.ForeignKey(
        LegalFamily,
        verbose_name=_("legal family"),
        on_delete=models.PROTECT,
        related_name="statuses",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("legal status")
        verbose_name_plural = _("legal statuses")
        ordering = ["label_fr"]


class Family(Term):
    """An ESS family: a kind of initiative, such as AMAP or repair café."""

    plural_fr = models.CharField(_("plural (French)"), max_length=160, blank=True)
    plural_en = models.CharField(_("plural (English)"), max_length=160, blank=True)
    hue = models.PositiveSmallIntegerField(
        _("hue"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text=_("1 to 8: the colour group on maps and charts."),
    )
    icon = models.CharField(_("icon"), max_length=40, default="circle")

    class Meta:
        verbose_name = _("ESS family")
        verbose_name_plural = _("ESS families")
        ordering = ["label_fr"]

    @property
    def plural(self) -> str:
        """Plural label in the active language, else the label."""
        if (get_language() or "fr").startswith("en"):
            return self.plural_en or self.label
        return self.plural_fr or self.label


class Activity(MP_Node, Term):
    """A node of the tree of activities; a parent stands for all its descendants."""

    node_order_by: list[str] = []

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
