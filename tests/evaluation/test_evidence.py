"""Files that support answers are private, and are what they say they are."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bdis_evaluation.evaluating.evidence import EvidenceRefused, add_evidence
from bdis_evaluation.models import EvidenceFile
from tests.cms.admin_client import logged_in
from tests.factories import InitiativeMemberFactory
from tests.factories.evaluations import EvaluationFactory

pytestmark = pytest.mark.django_db
KEY = "gouv-comptes"
PDF = b"%PDF-1.7\n%%EOF"


def packed(**members: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return held.getvalue()


ODT = packed(mimetype="application/vnd.oasis.opendocument.text")
DOCX = packed(**{"word__document.xml": "<w/>"})


@pytest.fixture
def evaluation(site_tree, territories):
    return EvaluationFactory()


@pytest.fixture
def client(evaluation):
    return logged_in(InitiativeMemberFactory(initiative=evaluation.initiative).user)


def upload(name="comptes.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def send(client, evaluation, given, key=KEY):
    address = reverse(
        "bdis_evaluation_space:upload", args=[evaluation.initiative_id, evaluation.pk]
    )
    return client.post(address, {"key": key, "file": given})


def address_of(file):
    where = [file.evaluation.initiative_id, file.evaluation_id, file.pk]
    return reverse("bdis_evaluation_space:download", args=where)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Comptes 2025.PDF", PDF),
        ("photo.jpeg", b"\xff\xd8\xff\xe0"),
        ("logo.png", b"\x89PNG\r\n\x1a\n"),
        ("logo.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("rapport.odt", ODT),
        ("rapport.docx", DOCX),
        ("liste.csv", "nom;ville\nÉpi;Die".encode()),
    ],
)
def test_files_of_the_office_are_taken(evaluation, name, content):
    add_evidence(evaluation, KEY, upload(name, content), user=None)
    assert EvidenceFile.objects.get().size == len(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>"),
        ("image.svg", b"<svg/>"),
        ("programme.exe", b"MZ"),
        ("sans-extension", PDF),
        ("", PDF),
        ("vide.pdf", b""),
        ("faux.pdf", b"<html><script>"),
        ("faux.png", PDF),
        ("faux.webp", b"RIFF\x00\x00\x00\x00AVI "),
        ("faux.docx", b"PK\x03\x04 rien"),
        ("faux.docx", ODT),
        ("faux.odt", DOCX),
        ("faux.ods", ODT),
        ("binaire.txt", b"a\x00b"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(evaluation, name, content):
    given = upload("nom", content)
    given._name = name
    with pytest.raises(EvidenceRefused):
        add_evidence(evaluation, KEY, given, user=None)
    assert not EvidenceFile.objects.exists()


def test_types_and_size_are_a_setting(evaluation, settings):
    settings.BDIS_EVIDENCE_TYPES = ["png", "exe"]
    for name, content in (("a.pdf", PDF), ("a.exe", b"MZ")):
        with pytest.raises(EvidenceRefused):
            add_evidence(evaluation, KEY, upload(name, content), user=None)
    settings.BDIS_EVIDENCE_TYPES = ["pdf"]
    settings.BDIS_EVIDENCE_MAX_SIZE = 10
    with pytest.raises(EvidenceRefused, match="lourd"):
        add_evidence(evaluation, KEY, upload(), user=None)


def test_a_file_is_downloaded_and_never_run(client, evaluation):
    told = send(client, evaluation, upload("../../etc/Comptes « 2025 ».pdf"))
    assert told.status_code == 200
    file = EvidenceFile.objects.get()
    assert "/" not in file.name
    assert address_of(file) in told.json()["html"]
    answer = client.get(address_of(file))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == PDF
    answer.close()


def test_files_are_outside_of_the_media(client, evaluation):
    send(client, evaluation, upload())
    file = EvidenceFile.objects.get()
    assert not file.file.path.startswith(str(django_settings.MEDIA_ROOT))
    for address in (f"/media/{file.file.name}", f"/media/../private/{file.file.name}"):
        assert client.get(address, follow=True).status_code == 404


def test_a_file_of_another_evaluation_is_not_reached_through_ours(client, evaluation):
    file = add_evidence(EvaluationFactory(), KEY, upload(), user=None)
    where = [evaluation.initiative_id, evaluation.pk, file.pk]
    address = reverse("bdis_evaluation_space:download", args=where)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("key", ["", "inconnue", "a\x00", "k" * 500])
def test_a_file_for_no_question_is_refused(client, evaluation, key):
    assert send(client, evaluation, upload(), key).status_code == 422


def test_no_file_at_all_is_refused(client, evaluation):
    address = reverse(
        "bdis_evaluation_space:upload", args=[evaluation.initiative_id, evaluation.pk]
    )
    assert client.post(address, {"key": KEY}).status_code == 400


def test_a_file_is_added_and_deleted_by_the_form_of_its_theme(
    client, evaluation, django_capture_on_commit_callbacks
):
    address = reverse(
        "bdis_evaluation_space:theme",
        args=[evaluation.initiative_id, evaluation.pk, "gouvernance"],
    )
    form = {"q-gouv-comptes": "yes", "q-gouv-comptes-base": "0"}
    client.post(address, form | {"q-gouv-comptes-file": upload()})
    file = EvidenceFile.objects.get()
    path = file.file.path
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            address,
            form | {"q-gouv-comptes-comment": "Voilà", "remove-evidence": str(file.pk)},
        )
    assert answer.url == address
    assert not EvidenceFile.objects.exists()
    with pytest.raises(FileNotFoundError), open(path):
        pass
    assert evaluation.answers.get(key=KEY).comment == "Voilà"


def test_a_file_of_another_evaluation_is_not_deleted_from_ours(client, evaluation):
    file = add_evidence(EvaluationFactory(), KEY, upload(), user=None)
    address = reverse(
        "bdis_evaluation_space:theme",
        args=[evaluation.initiative_id, evaluation.pk, "gouvernance"],
    )
    for sent in (str(file.pk), "x", "9" * 40, "²"):
        client.post(address, {"remove-evidence": sent})
    assert EvidenceFile.objects.count() == 1
