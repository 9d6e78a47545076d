"""Documents of editors are no way to run scripts, nor around the private collections."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import resolve
from django.views.defaults import page_not_found
from wagtail.documents import get_document_model


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page.html", "image.svg", "script.js", "PAGE.XHTML", "data.xml"])
def test_a_document_that_a_browser_would_run_is_refused(name):
    document = get_document_model()(title="Essai", file=ContentFile(b"<script>", name=name))

    with pytest.raises(ValidationError, match="file"):
        document.full_clean()


def test_documents_have_one_address():
    assert resolve("/media/documents/secret.pdf").func is page_not_found
