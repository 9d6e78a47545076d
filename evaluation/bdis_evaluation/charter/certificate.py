"""The certificate of a signature: what it says, and its PDF."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from bdis_cms.pdf import Document
from bdis_cms.templatetags.bdis import long_date, network_name
from bdis_evaluation.charter.texts import digest
from bdis_evaluation.models import CharterAdhesion, CharterText


class TextAltered(Exception):
    """The text kept is not the one that was signed."""

    def __init__(self, adhesion: CharterAdhesion) -> None:
        super().__init__(
            f"The text of {adhesion.version} in “{adhesion.language}” does not have the hash of "
            f"the signature {adhesion.uuid}: run “manage.py check_ledger”."
        )


@dataclass(frozen=True, slots=True)
class Certificate:
    """A signature with the exact text that was signed, as it was read from the ledger."""

    adhesion: CharterAdhesion
    text: CharterText
    withdrawn: CharterAdhesion | None

    @property
    def exact_text(self) -> str:
        """The text that was signed, byte for byte."""
        return self.text.canonical

    @property
    def paragraphs(self) -> list[str]:
        """The exact text in paragraphs, its title left out."""
        return self.exact_text.rstrip("\n").split("\n\n")[1:]


def certificate_of(adhesion: CharterAdhesion) -> Certificate:
    """Return the certificate of a signature; raises ``TextAltered`` rather than certify another."""
    text = adhesion.version.texts.get(language=adhesion.language)
    if digest(text.canonical) != adhesion.text_hash:
        raise TextAltered(adhesion)
    withdrawn = CharterAdhesion.objects.filter(withdraws=adhesion).first()
    return Certificate(adhesion, text, withdrawn)


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return the certificate as a PDF: the same bytes each time."""
    with override(certificate.adhesion.language):
        return _drawn(certificate)


def _drawn(certificate: Certificate) -> bytes:
    adhesion = certificate.adhesion
    title = _("Certificate of adhesion to the charter")
    document = Document(title=title, author=str(network_name()))
    document.mark(str(network_name()))
    document.title(title)
    document.lead(adhesion.initiative_title)
    rows = [
        (_("Version"), str(adhesion.version)),
        (_("Signed on"), long_date(adhesion.signed_on)),
        (_("Signed by"), str(adhesion.signatory)),
        (_("In the capacity of"), adhesion.signatory.capacity),
        (_("Commitment"), adhesion.statement),
        (_("Number"), str(adhesion.uuid)),
        (_("Hash of the text (SHA-256)"), adhesion.text_hash),
    ]
    if certificate.withdrawn:
        rows.append((_("Withdrawn on"), long_date(certificate.withdrawn.signed_on)))
    document.facts([(label, value) for label, value in rows if value])
    document.heading(certificate.text.title)
    for paragraph in certificate.paragraphs:
        if paragraph.startswith("Article "):
            document.subheading(paragraph)
        else:
            document.paragraph(paragraph)
    return document.render(
        foot=_("Text of the charter as it was signed; its hash is that of the text alone.")
    )
