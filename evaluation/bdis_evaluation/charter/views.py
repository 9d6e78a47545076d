"""Public pages of the charter: the text in force, its versions, what changed; certificates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bdis_cms.permissions import works_nationally
from bdis_cms.space.access import private_page
from bdis_evaluation.charter.access import may_see_certificate
from bdis_evaluation.charter.certificate import Certificate, certificate_of, certificate_pdf
from bdis_evaluation.charter.comparing import compare_texts
from bdis_evaluation.models import CharterAdhesion, CharterText, CharterVersion


@require_safe
def current(request: HttpRequest) -> HttpResponse:
    """Show the charter in force and how to adhere to it."""
    version = CharterVersion.objects.in_force().prefetch_related("texts").first()
    if version is None:
        return render(request, "bdis_evaluation/charter/none.html")
    context = _about(request, version) | {"several": CharterVersion.objects.published().count() > 1}
    return render(request, "bdis_evaluation/charter/version.html", context)


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """List every version that was ever in force."""
    published = list(CharterVersion.objects.published().prefetch_related("texts"))
    rows = [
        {"version": version, "text": version.text_in(), "before": before}
        for version, before in zip(published, [*published[1:], None], strict=True)
    ]
    return render(request, "bdis_evaluation/charter/versions.html", {"rows": rows})


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Show a version; the national team also sees drafts, as they will be."""
    context = _about(request, _version(request, number))
    return render(request, "bdis_evaluation/charter/version.html", context)


@require_safe
def exact_text(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """Answer the exact bytes that are signed: their SHA-256 is the hash of the signatures."""
    text = get_object_or_404(_version(request, number).texts, language=language)
    return HttpResponse(text.exact_text, content_type="text/plain; charset=utf-8")


@require_safe
def compare(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Show what changed from a version to another, article by article."""
    after, before = _version(request, number), _version(request, other)
    later = after.text_in(request.GET.get("langue"))
    earlier = before.text_in(later.language if later else None)
    if later is None or earlier is None:
        raise Http404
    changes = compare_texts(earlier, later)
    context = {
        "after": after,
        "before": before,
        "text": later,
        "earlier": earlier,
        "changes": changes,
        "all_same": all(change.kind == "same" for change in changes),
    }
    return render(request, "bdis_evaluation/charter/compare.html", context)


@require_safe
@private_page
def certificate(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Show the certificate of a signature, to print."""

    def shown(found: Certificate) -> HttpResponse:
        context = {"certificate": found, "adhesion": found.adhesion}
        return render(request, "bdis_evaluation/charter/certificate.html", context)

    return _certified(request, uuid, shown)


@require_safe
@private_page
def certificate_file(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Answer the certificate as a PDF."""

    def shown(found: Certificate) -> HttpResponse:
        response = HttpResponse(certificate_pdf(found), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="charte-{uuid}.pdf"'
        return response

    return _certified(request, uuid, shown)


def _certified(
    request: HttpRequest, uuid: Any, shown: Callable[[Certificate], HttpResponse]
) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    lines = CharterAdhesion.objects.signatures().select_related("version", "signatory")
    adhesion = get_object_or_404(lines, uuid=uuid)
    if not may_see_certificate(request.user, adhesion):
        raise Http404
    return shown(certificate_of(adhesion))


def _version(request: HttpRequest, number: int) -> CharterVersion:
    """Return a published version, else a draft for the national team; 404 for others."""
    found = get_object_or_404(CharterVersion.objects.prefetch_related("texts"), number=number)
    if found.is_draft and not (request.user.is_authenticated and works_nationally(request.user)):
        raise Http404
    return found


def _about(request: HttpRequest, version: CharterVersion) -> dict[str, Any]:
    text: CharterText | None = version.text_in(request.GET.get("langue"))
    if text is None:
        raise Http404
    others = [other for other in version.texts.all() if other.language != text.language]
    return {"version": version, "text": text, "others": others, "former": version.former()}
