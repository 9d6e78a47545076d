"""What belongs to an initiative: contacts, links, agreements, gallery, area served, tags."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.models import Orderable

from bdis_cms.models.territories import (
    Commune,
    Department,
    Epci,
    Region,
    Territory,
    TerritoryLevel,
)


class Visibility(models.TextChoices):
    """Who sees a personal datum; the person chooses."""

    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Member initiatives")
    PRIVATE = "private", _("The regional team only")


class InitiativeTag(TaggedItemBase):
    """A free tag on an initiative."""

    content_object = ParentalKey(
        "bdis_cms.InitiativePage", on_delete=models.CASCADE, related_name="tagged_items"
    )


class InitiativeContact(Orderable):
    """A way to reach an initiative; personal data, shown as its visibility says."""

    page = ParentalKey("bdis_cms.InitiativePage", on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    visibility = models.CharField(
        _("shown to"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )

    class Meta(Orderable.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name or self.role or str(_("Contact"))

    def clean(self) -> None:
        if not (self.email or self.phone or self.name):
            raise ValidationError(_("Give at least a name, an e-mail or a telephone number."))


class LinkKind(models.TextChoices):
    """Where a link leads."""

    WEBSITE = "website", _("Website")
    FACEBOOK = "facebook", "Facebook"
    INSTAGRAM = "instagram", "Instagram"
    MASTODON = "mastodon", "Mastodon"
    LINKEDIN = "linkedin", "LinkedIn"
    PEERTUBE = "peertube", "PeerTube"
    YOUTUBE = "youtube", "YouTube"
    OTHER = "other", _("Other")


class InitiativeLink(Orderable):
    """A web or social address of an initiative."""

    page = ParentalKey("bdis_cms.InitiativePage", on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(
        _("kind"), max_length=12, choices=LinkKind.choices, default=LinkKind.WEBSITE
    )
    url = models.URLField(_("address"), max_length=500)

    class Meta(Orderable.Meta):
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.url


class AgreementKind(models.TextChoices):
    """Agreements and labels an authority grants for a time."""

    ESUS = "esus", _("ESUS (social utility enterprise)")
    IAE = "iae", _("IAE agreement (integration through work)")
    EA = "ea", _("Adapted enterprise")
    JEP = "jep", _("Youth and popular education")
    EVS = "evs", _("Social life space")
    CIVIC_SERVICE = "service_civique", _("Civic service")
    PUBLIC_INTEREST = "interet_general", _("Public interest")
    OTHER = "other", _("Other")


class InitiativeAgreement(Orderable):
    """An agreement with its authority and its dates (ESUS: 5 years, 2 for a young structure)."""

    page = ParentalKey(
        "bdis_cms.InitiativePage", on_delete=models.CASCADE, related_name="agreements"
    )
    kind = models.CharField(_("agreement"), max_length=20, choices=AgreementKind.choices)
    label = models.CharField(_("precise name"), max_length=160, blank=True)
    authority = models.CharField(_("authority"), max_length=160, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="bdis_agreement_ends_after_start",
                violation_error_message=_("The end comes before the start."),
            )
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()


class InitiativeImage(Orderable):
    """An image of the gallery."""

    page = ParentalKey("bdis_cms.InitiativePage", on_delete=models.CASCADE, related_name="gallery")
    image = models.ForeignKey(
        "wagtailimages.Image", verbose_name=_("image"), on_delete=models.CASCADE, related_name="+"
    )
    caption = models.CharField(_("caption"), max_length=200, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("gallery")


class ServedArea(Orderable):
    """A territory, at any level, in which an initiative works (its intervention area)."""

    MODELS: dict[str, type[Territory]] = {
        TerritoryLevel.REGION: Region,
        TerritoryLevel.DEPARTMENT: Department,
        TerritoryLevel.EPCI: Epci,
        TerritoryLevel.COMMUNE: Commune,
    }

    page = ParentalKey(
        "bdis_cms.InitiativePage", on_delete=models.CASCADE, related_name="served_areas"
    )
    level = models.CharField(_("level"), max_length=12, choices=TerritoryLevel.choices)
    code = models.CharField(_("official code"), max_length=9, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("territory served")
        verbose_name_plural = _("territories served")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=TerritoryLevel.COUNTRY, code="")
                | (~Q(level=TerritoryLevel.COUNTRY) & ~Q(code="")),
                name="bdis_served_area_code",
                violation_error_message=_("Give a code, except for the whole country."),
            )
        ]

    def __str__(self) -> str:
        territory = self.territory
        return str(territory) if territory else self.get_level_display()

    def clean(self) -> None:
        if self.level in self.MODELS and self.territory is None:
            raise ValidationError(
                {
                    "code": _("“%(code)s” is not the code of a territory of this level.")
                    % {"code": self.code}
                }
            )

    @property
    def territory(self) -> Territory | None:
        """The territory itself; ``None`` for the whole country or an unknown code."""
        model = self.MODELS.get(self.level)
        return model.objects.filter(code=self.code).first() if model else None
