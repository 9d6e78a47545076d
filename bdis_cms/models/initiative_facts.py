"""Facts of an initiative and the one rule that says who may see it."""

from __future__ import annotations

import contextlib
import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number
from wagtail.fields import RichTextField
from wagtail.models import PageManager, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.search import index

from bdis_cms.models.nomenclature import Activity, Family, LegalFamily, LegalStatus
from bdis_cms.models.territories import Commune, PointPrecision
from bdis_cms.validators import validate_rna, validate_siret

#: End of an adhesion that none is set to: the version signed is the one in force.
OPEN_ENDED = datetime.date(9999, 12, 31)


class ProgressState(models.TextChoices):
    """How far an initiative is in its progress approach (« démarche progrès »)."""

    ONGOING = "ongoing", _("Under way")
    DONE = "done", _("Done")


class InitiativeQuerySet(PageQuerySet):
    """Initiatives by what can be said of them."""

    def public(
        self, on: datetime.date | None = None, now: datetime.datetime | None = None
    ) -> InitiativeQuerySet:
        """Keep what the public may see: *the* visibility rule of every channel.

        Live, outside private branches, adhesion (or its grace period) holding on the day ``on``
        (today by default), not suspended, not past the expiry that its editors set at the time
        ``now``, whether or not Wagtail's scheduler has run since.
        """
        return super().public()._holding(on, now)

    def public_in_one_statement(
        self, on: datetime.date, now: datetime.datetime
    ) -> InitiativeQuerySet:
        """Keep the same without asking for the private branches first, as ``public`` does.

        Its SQL is the same whatever they are. Wagtail's search cannot read it.
        """
        private = PageViewRestriction.objects.filter(
            page__path=Substr(OuterRef("path"), 1, Length("page__path"))
        )
        return self.filter(~Exists(private))._holding(on, now)

    def _holding(
        self, on: datetime.date | None, now: datetime.datetime | None
    ) -> InitiativeQuerySet:
        return (
            self.live()
            .filter(charter_valid_until__gte=on or timezone.localdate(), suspended_at__isnull=True)
            .exclude(expire_at__lte=now or timezone.now())
        )

    def with_card_relations(self) -> InitiativeQuerySet:
        """Load what a result card shows, in a constant number of queries."""
        return self.select_related(
            "commune__department__region", "legal_family", "legal_status", "cover", "main_activity"
        ).prefetch_related("families", "activities", "tagged_items__tag")


InitiativeManager = PageManager.from_queryset(InitiativeQuerySet)


class AbstractInitiative(models.Model):
    """Facts of an initiative, for any concrete page model."""

    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    summary = models.CharField(
        _("summary"),
        max_length=300,
        blank=True,
        help_text=_("One sentence: what you do, for whom. It is what search results show."),
    )
    description = RichTextField(
        _("description"), blank=True, features=["h3", "bold", "italic", "ul", "ol", "link"]
    )
    legal_family = models.ForeignKey(
        LegalFamily,
        verbose_name=_("legal family"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    legal_status = models.ForeignKey(
        LegalStatus,
        verbose_name=_("legal status"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    main_activity = models.ForeignKey(
        Activity,
        verbose_name=_("main activity"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    address = models.CharField(
        _("address"), max_length=250, blank=True, help_text=_("Number and street.")
    )
    postcode = models.CharField(_("postcode"), max_length=5, blank=True)
    commune = models.ForeignKey(
        Commune,
        verbose_name=_("commune"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    point_precision = models.CharField(
        _("precision of the point"),
        max_length=12,
        choices=PointPrecision.choices,
        default=PointPrecision.COMMUNE,
    )
    served_radius_km = models.PositiveSmallIntegerField(
        _("radius served (km)"),
        null=True,
        blank=True,
        help_text=_("Around the seat; it adds to the territories served."),
    )
    opening_hours = models.TextField(_("opening hours"), blank=True)
    siret = models.CharField(
        "SIRET", max_length=14, blank=True, validators=[validate_siret], db_index=True
    )
    rna = models.CharField(
        "RNA",
        max_length=10,
        blank=True,
        validators=[validate_rna],
        help_text=_("Number of an association: W and nine digits."),
    )
    founded_year = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    workforce = models.PositiveIntegerField(
        _("workforce"), null=True, blank=True, help_text=_("Employees, in persons.")
    )
    cover = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("cover image"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("logo"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    # Kept by services and imports, never by a revision: see CURRENT_FACTS.
    charter_valid_until = models.DateField(
        _("charter adhesion valid until"), null=True, blank=True, editable=False, db_index=True
    )
    charter_signed_on = models.DateField(
        _("charter signed on"), null=True, blank=True, editable=False
    )
    progress_state = models.CharField(
        _("progress approach"),
        max_length=8,
        choices=ProgressState.choices,
        blank=True,
        editable=False,
    )
    progress_since = models.DateField(_("engaged since"), null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("suspended on"), null=True, blank=True, editable=False)
    confirmed_on = models.DateField(
        _("confirmed on"), null=True, blank=True, editable=False, db_index=True
    )
    source = models.CharField(_("source"), max_length=50, blank=True, editable=False)
    external_id = models.CharField(
        _("id at the source"), max_length=120, blank=True, editable=False
    )
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)

    # What is true of the page now, whatever an older draft said when it was saved.
    CURRENT_FACTS = (
        "charter_valid_until",
        "charter_signed_on",
        "progress_state",
        "progress_since",
        "suspended_at",
        "confirmed_on",
        "source",
        "external_id",
        "is_demo",
    )

    # A copy is another initiative: it adheres, is confirmed and is imported for itself.
    exclude_fields_in_copy = [*CURRENT_FACTS]

    fact_search_fields = [
        index.SearchField("acronym", boost=2),
        index.SearchField("summary"),
        index.SearchField("siret"),
        index.FilterField("commune_id"),
        index.FilterField("charter_valid_until"),
        index.FilterField("suspended_at"),
        index.FilterField("expire_at"),
    ]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="%(app_label)s_%(class)s_point_on_earth",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="%(app_label)s_%(class)s_source_once",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"latitude": _("Give both latitude and longitude, or neither.")})
        if self.siret:
            with contextlib.suppress(NumberError):  # validate_siret says what is wrong
                self.siret = siret_number.compact(self.siret)

    @property
    def is_public(self) -> bool:
        """Whether the visibility rule holds now; same rule as ``InitiativeQuerySet.public``."""
        return not self.hidden_because()

    def hidden_because(self) -> list[str]:
        """Say, in sentences for an editor, why the public does not see this page; [] if it does."""
        reasons = []
        if not self.live:
            reasons.append(_("It is not published."))
        if self.charter_valid_until is None:
            reasons.append(_("No adhesion to the charter is recorded."))
        elif self.charter_valid_until < timezone.localdate():
            reasons.append(
                _("The time it had to sign the charter in force ended on %(day)s.")
                % {"day": self.charter_valid_until.strftime("%d/%m/%Y")}
            )
        if self.suspended_at:
            reasons.append(
                _("It has been suspended since %(day)s.")
                % {"day": timezone.localtime(self.suspended_at).strftime("%d/%m/%Y")}
            )
        if self.expire_at and self.expire_at <= timezone.now():
            reasons.append(
                _("Its publication ended on %(day)s.")
                % {"day": timezone.localtime(self.expire_at).strftime("%d/%m/%Y")}
            )
        if self.get_view_restrictions().exists():
            reasons.append(_("It lies in a private part of the site."))
        return [str(reason) for reason in reasons]

    @property
    def charter_ends_on(self) -> datetime.date | None:
        """Last day of the adhesion, or of the grace before it; ``None`` when no end is set."""
        return None if self.charter_valid_until == OPEN_ENDED else self.charter_valid_until

    @property
    def wkt_point(self) -> str:
        """Seat as "SRID=4326;POINT(lon lat)" (WGS 84 degrees), "" when unknown."""
        if self.latitude is None or self.longitude is None:
            return ""
        return f"SRID=4326;POINT({self.longitude} {self.latitude})"

    @property
    def family_list(self) -> list[Family]:
        """Families, read from the prefetched relation when there is one."""
        return list(self.families.all())
