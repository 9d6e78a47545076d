"""Whether what the ledger keeps is what was signed."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from bdis_evaluation.append_only import missing_triggers
from bdis_evaluation.charter.texts import canonical_text, digest
from bdis_evaluation.models import CharterAdhesion, CharterText, CharterVersion, Signatory

CLOSED = (CharterVersion, CharterText, Signatory, CharterAdhesion)


def check_ledger() -> Iterator[str]:
    """Tell each difference in a sentence: texts, signatures, signatories, triggers."""
    for trigger in missing_triggers(connection, CLOSED):
        yield f"The trigger {trigger} is missing: the database lets its table be altered."
    hashes = {}
    for version in CharterVersion.objects.published().prefetch_related("texts"):
        for text in version.texts.all():
            hashes[version.pk, text.language] = text.text_hash
            yield from _check_text(version, text)
        if version.hash_of_texts() != version.text_hash:
            yield f"{version}: a text was added, removed or altered since it entered into force."
    lines = CharterAdhesion.objects.select_related("signatory").order_by("pk")
    for line in lines.iterator(chunk_size=2000):
        if line.text_hash != hashes.get((line.version_id, line.language)):
            yield f"{line.uuid}: its hash is not that of the text of its version."
        if not line.signatory.is_erased and line.signatory.digest != line.signatory_digest:
            yield f"{line.uuid}: its signatory is not the one who signed."


def _check_text(version: CharterVersion, text: CharterText) -> Iterator[str]:
    if digest(text.canonical) != text.text_hash:
        yield f"{version}, {text.language}: the exact text does not have its hash."
    articles = [(block.value["title"], block.value["body"].source) for block in text.articles]
    if canonical_text(text.title, text.preamble, articles) != text.canonical:
        yield f"{version}, {text.language}: the articles shown are not the text that is signed."
