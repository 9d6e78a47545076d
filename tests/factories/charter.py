"""The charter and who signed it."""

import json

import factory
from factory.django import DjangoModelFactory

from bdis_evaluation.charter.ledger import Signing, sign
from bdis_evaluation.models import CharterAdhesion, CharterText, CharterVersion, SigningWay


class CharterVersionFactory(DjangoModelFactory):
    """A version with a text in French of two articles; trait: ``in_force``.

    ``articles`` are (title, HTML) pairs; ``english`` adds a text in English.
    """

    class Meta:
        model = CharterVersion
        skip_postgeneration_save = True

    class Params:
        in_force = factory.Trait(entered=True)

    number = factory.Sequence(lambda n: n + 1)

    @classmethod
    def _create(cls, model_class, *args, entered=False, english=False, articles=None, **kwargs):
        version = super()._create(model_class, *args, **kwargs)
        articles = articles or [
            ("Démocratie", "<p>Une personne, une voix.</p>"),
            ("Solidarité", "<p>Nous coopérons.</p><ul><li>ici</li><li>ailleurs</li></ul>"),
        ]
        for language in ["fr", *(["en"] if english else [])]:
            CharterText.objects.create(
                version=version,
                language=language,
                title=f"Charte {version.number}" if language == "fr" else "Charter",
                preamble="<p>Nous nous engageons.</p>",
                articles=json.dumps(
                    [
                        {"type": "article", "value": {"title": title, "body": body}}
                        for title, body in articles
                    ]
                ),
            )
        if entered:
            version.enter_into_force(user=None)
        return version


def signed(page, version=None, **facts) -> CharterAdhesion:
    """Sign the charter in force (a new one without any) for ``page``, online."""
    version = version or CharterVersion.objects.in_force().first()
    text = (version or CharterVersionFactory(in_force=True)).text_in("fr")
    facts = {
        "name": "Camille Martin",
        "capacity": "présidente",
        "way": SigningWay.ONLINE,
        "statement": "J’ai lu la charte et j’engage l’initiative.",
    } | facts
    return sign(page, text=text, text_hash=text.text_hash, by=Signing(**facts))
