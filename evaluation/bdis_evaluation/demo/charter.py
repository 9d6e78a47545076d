"""The charter of the demonstration: in force for two years, signed by its listings."""

from __future__ import annotations

import datetime
import random

from django.db import transaction
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_evaluation.charter.forms import statement_for
from bdis_evaluation.charter.ledger import Signing, sign_in_bulk
from bdis_evaluation.charter.starting import ensure_charter
from bdis_evaluation.models import CharterAdhesion, SigningWay

_AGE = datetime.timedelta(days=760)
_FIRST = (
    *("Aïcha", "Bastien", "Camille", "Denis", "Élodie", "Fatou", "Gaël", "Hélène", "Inès"),
    *("Jérôme", "Karim", "Léa", "Marion", "Nadège", "Olivier", "Perrine", "Quentin", "Zoé"),
)
_LAST = (
    *("Arnoux", "Bellec", "Chabert", "Delmas", "Estève", "Fournel", "Garrigue", "Hamidi"),
    *("Imbert", "Jourdan", "Kerbrat", "Lacroix", "Mercadier", "Ollivier", "Quéré", "Vasseur"),
)
# Words that agree with any first name.
_CAPACITIES = ("membre du bureau", "responsable", "membre du conseil d’administration", "cogérance")


@transaction.atomic
def load_charter(today: datetime.date | None = None) -> int:
    """Put the first version in force and have the listings sign it; return how many did.

    Listings without adhesion, or whose time to sign ran out, do not sign. Run again: 0.
    """
    version = ensure_charter()
    if version.is_draft:
        version.effective_on = timezone.localdate() - _AGE
        version.save()
        version.enter_into_force(user=None, at=timezone.now() - _AGE)
    text = version.text_in("fr")
    if text is None or not version.is_in_force or CharterAdhesion.objects.exists():
        return 0
    day = today or timezone.localdate()
    pages = list(
        InitiativePage.objects.filter(is_demo=True, charter_valid_until__gte=day).order_by("pk")
    )
    return sign_in_bulk(pages, text=text, signings=[_signing(page, day) for page in pages])


def _signing(page: InitiativePage, today: datetime.date) -> Signing:
    rng = random.Random(page.external_id)  # noqa: S311 - the same demonstration every time
    return Signing(
        name=f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
        capacity=rng.choice(_CAPACITIES),
        statement=statement_for(page),
        way=SigningWay.DEMO,
        signed_on=today - datetime.timedelta(days=rng.randint(20, _AGE.days - 10)),
    )
