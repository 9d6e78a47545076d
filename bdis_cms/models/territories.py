"""Territories of the official geographic code (INSEE): region > department > EPCI, commune."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TerritoryLevel(models.TextChoices):
    """Levels a listing can serve, widest first."""

    COUNTRY = "country", _("Country")
    REGION = "region", _("Region")
    DEPARTMENT = "department", _("Département")
    EPCI = "epci", _("Intermunicipality (EPCI)")
    COMMUNE = "commune", _("Commune")


class PointPrecision(models.TextChoices):
    """What a stored point stands for."""

    EXACT = "exact", _("Exact place")
    STREET = "street", _("Street")
    COMMUNE = "commune", _("Centre of the commune")
    APPROXIMATE = "approximate", _("Approximation")


class Territory(models.Model):
    """What every level of territory has."""

    code = models.CharField(_("official code"), max_length=9, unique=True)
    name = models.CharField(_("name"), max_length=150)

    # Tens of thousands of reference rows: usage is counted through foreign keys instead.
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Region(Territory):
    """One of the 18 regions (or an overseas collectivity, where the network works there)."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    is_overseas = models.BooleanField(_("overseas"), default=False)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["name"]


class FormerRegion(Territory):
    """A region before 1 January 2016, kept so that old listings and statistics still resolve."""

    successor = models.ForeignKey(
        Region,
        verbose_name=_("region since 2016"),
        on_delete=models.PROTECT,
        related_name="former_regions",
    )

    class Meta:
        verbose_name = _("former region")
        verbose_name_plural = _("former regions")
        ordering = ["name"]


class Department(Territory):
    """A département, metropolitan or overseas."""

    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="departments"
    )
    former_region = models.ForeignKey(
        FormerRegion,
        verbose_name=_("region before 2016"),
        on_delete=models.PROTECT,
        related_name="departments",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("département")
        verbose_name_plural = _("départements")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Epci(Territory):
    """An intermunicipality with its own taxation, keyed by its SIREN number."""

    kind = models.CharField(_("kind"), max_length=10, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    class Meta:
        verbose_name = _("intermunicipality (EPCI)")
        verbose_name_plural = _("intermunicipalities (EPCI)")
        ordering = ["name"]


class Commune(Territory):
    """A commune of today, or a municipal arrondissement of Paris, Lyon or Marseille."""

    department = models.ForeignKey(
        Department, verbose_name=_("département"), on_delete=models.PROTECT, related_name="communes"
    )
    epci = models.ForeignKey(
        Epci,
        verbose_name=_("intermunicipality (EPCI)"),
        on_delete=models.PROTECT,
        related_name="communes",
        null=True,
        blank=True,
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("commune of which it is an arrondissement"),
        on_delete=models.PROTECT,
        related_name="arrondissements",
        null=True,
        blank=True,
    )
    postcodes = models.CharField(
        _("postcodes"), max_length=250, blank=True, help_text=_("Separated by spaces.")
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    precision = models.CharField(
        _("precision of the point"),
        max_length=12,
        choices=PointPrecision.choices,
        default=PointPrecision.COMMUNE,
    )

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["name", "code"]
        indexes = [models.Index(fields=["name"], name="bdis_commune_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="bdis_commune_point_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.department_code})"

    @property
    def department_code(self) -> str:
        """Code of the département, read from the commune's own ("97411" → "974")."""
        return self.code[:3] if self.code.startswith(("97", "98")) else self.code[:2]


class CommuneAlias(models.Model):
    """A name or code that a commune bore: former communes, delegated and associated ones."""

    code = models.CharField(_("former code"), max_length=5)
    name = models.CharField(_("former name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=30)
    commune = models.ForeignKey(
        Commune, verbose_name=_("commune today"), on_delete=models.CASCADE, related_name="aliases"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("former commune")
        verbose_name_plural = _("former communes")
        constraints = [
            models.UniqueConstraint(fields=["code", "name"], name="bdis_commune_alias_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.commune}"
