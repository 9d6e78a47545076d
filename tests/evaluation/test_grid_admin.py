"""Grids in the admin: the national team writes them, regional teams read those in force."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail import hooks
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree, moderators_group_name
from bdis_evaluation.grids.correspondence import decide
from bdis_evaluation.grids.documents import read_document
from bdis_evaluation.grids.importing import (
    HOOK,
    SHIPPED,
    ensure_grids,
    export_version,
    shipped_path,
)
from bdis_evaluation.grids.publishing import enter_into_force, new_draft
from bdis_evaluation.grids.writing import to_yaml
from bdis_evaluation.models import Grid, GridVersion, VersionStatus
from tests.cms.admin_client import logged_in, member
from tests.factories.evaluations import LEVELS, EvaluationFactory, GridFactory, level, theme, yes_no

pytestmark = pytest.mark.django_db


@pytest.fixture
def national(site_tree):
    ensure_site_tree()
    return logged_in(member("helene", NATIONAL_GROUP))


@pytest.fixture
def regional(site_tree, territories):
    ensure_site_tree()
    return logged_in(member("sofiane", moderators_group_name(territories.paca)))


@pytest.fixture
def in_force():
    draft = new_draft(
        GridFactory(code="essai", title="Grille d’essai"),
        user=None,
        themes=[theme("t", level("a", "Avant ?"), yes_no("b", "Et b ?"), title="Thème")],
    )
    enter_into_force(draft, user=None)
    return draft


@pytest.fixture
def draft(in_force):
    return new_draft(
        in_force.grid,
        user=None,
        themes=[theme("t", level("a", "Après ?"), level("c", "Et c ?"), title="Thème")],
    )


def admin_url(name, *args):
    return reverse(f"bdis_grids_admin:{name}", args=args)


def form_data(draft, *questions, changes=""):
    """The form of a draft with one theme of levels, as the admin sends it."""
    data = {
        "changes": changes,
        "themes-count": "1",
        "themes-0-type": "theme",
        "themes-0-order": "0",
        "themes-0-deleted": "",
        "themes-0-id": "",
        "themes-0-value-code": "t",
        "themes-0-value-title": "Thème",
        "themes-0-value-introduction": "",
        "themes-0-value-items-count": str(len(questions)),
    }
    for number, (key, text, labels) in enumerate(questions):
        prefix = f"themes-0-value-items-{number}"
        value = f"{prefix}-value"
        data |= {
            f"{prefix}-type": "level",
            f"{prefix}-order": str(number),
            f"{prefix}-deleted": "",
            f"{prefix}-id": "",
            f"{value}-key": key,
            f"{value}-text": text,
            f"{value}-guidance": "",
            f"{value}-examples-count": "0",
            f"{value}-required": "on",
            f"{value}-may_be_not_applicable": "on",
            f"{value}-weight": "1",
            f"{value}-levels-count": str(len(labels)),
        }
        for index, label in enumerate(labels):
            item = f"{value}-levels-{index}"
            data |= {
                f"{item}-order": str(index),
                f"{item}-deleted": "",
                f"{item}-value-label": label,
                f"{item}-value-description": "",
            }
    return data


def edit_url(version):
    return reverse("bdis_grid_versions:edit", args=[version.pk])


def test_a_draft_is_edited_and_references_are_made(national, draft):
    labels = ["Non", "Oui"]
    response = national.post(
        edit_url(draft), form_data(draft, ("a", "Avant ?", labels), ("", "Neuf ?", labels))
    )
    assert response.status_code == 302, response.context["form"].errors
    draft = GridVersion.objects.get(pk=draft.pk)
    assert list(draft.content.questions) == ["a", "neuf"]


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        (
            [("a", "Avant ?", ["Non", "Oui"]), ("a", "Encore ?", ["Non", "Oui"])],
            "question “Encore ?”, reference: The question “Avant ?” has the same reference.",
        ),
        ([("a", "", ["Non", "Oui"])], "Theme “Thème”, Maturity level “a”, question: "),
        ([("a", "Avant ?", ["Non", ""])], "“Avant ?”, levels, 2, level: "),
        ([("é à", "Avant ?", ["Non", "Oui"])], "“Avant ?”, reference: "),
        ([("a", "Avant ?", ["Non"])], "“Avant ?”, levels: "),
    ],
)
def test_what_is_wrong_is_named_by_theme_question_and_field(
    national, draft, questions, said, django_user_model
):
    profile = UserProfile.get_for_user(django_user_model.objects.get(username="helene"))
    profile.preferred_language = "en"
    profile.save()
    response = national.post(edit_url(draft), form_data(draft, *questions))
    assert response.status_code == 200
    errors = response.context["form"].non_field_errors()
    assert any(said in error for error in errors), errors
    assert GridVersion.objects.get(pk=draft.pk).content == draft.content


def test_the_form_of_a_long_grid_is_folded_and_named(national, site_tree):
    ensure_grids()
    draft = GridVersion.objects.get(grid__code="csess")
    page = national.get(edit_url(draft)).content.decode()
    assert page.count("labelFormat") > 5
    assert "gouv-participation" in page


def test_a_long_grid_is_saved(national, draft):
    labels = ["Pas encore", "Premiers pas", "Bien en place", "Partagé"]
    questions = [(f"q{number}", f"Question {number} ?", labels) for number in range(100)]
    response = national.post(edit_url(draft), form_data(draft, *questions))
    assert response.status_code == 302
    assert len(GridVersion.objects.get(pk=draft.pk).content.questions) == 100


def test_a_version_in_force_is_read_and_never_edited(national, in_force):
    response = national.get(edit_url(in_force))
    assert response.url == admin_url("read", in_force.pk)
    response = national.post(edit_url(in_force), form_data(in_force, ("a", "x", ["1", "2"])))
    assert response.url == admin_url("read", in_force.pk)
    delete = reverse("bdis_grid_versions:delete", args=[in_force.pk])
    national.post(delete)
    assert GridVersion.objects.get().content == in_force.content
    page = national.get(response.url).content.decode()
    assert "Avant ?" in page
    assert in_force.content_hash in page


def test_a_version_is_begun_from_the_one_in_force(national, in_force):
    url = admin_url("new_version", in_force.grid_id)
    assert str(in_force) in national.get(url).content.decode()
    national.post(url)
    draft = GridVersion.objects.get(status=VersionStatus.DRAFT)
    assert draft.content == in_force.content
    assert national.post(url).url == edit_url(draft)
    assert GridVersion.objects.count() == 2


def test_changes_are_decided_side_by_side_then_put_in_force(national, draft, in_force):
    EvaluationFactory(version=in_force, grid=in_force.grid)
    url = admin_url("correspondence", draft.pk)
    page = national.get(url).content.decode()
    assert "Avant ?" in page
    assert "Après ?" in page
    assert 'name="change-c"' not in page  # new: nothing to say
    force = admin_url("in_force", draft.pk)
    national.post(force)
    assert GridVersion.objects.get(pk=draft.pk).is_draft
    assert national.post(url, {"change-a": "same", "reason-a": ""}).url == url
    response = national.post(
        url, {"change-a": "same", "change-b": "dropped", "reason-b": "Elle se répétait."}
    )
    assert response.url == force
    page = national.get(force)
    assert page.context["missing"] == []
    assert page.context["going_on"] == 1
    assert national.post(force).url == admin_url("read", draft.pk)
    draft.refresh_from_db()
    assert draft.status == VersionStatus.IN_FORCE
    assert draft.in_force_by.username == "helene"
    assert "Elle se répétait." in national.get(admin_url("read", draft.pk)).content.decode()
    assert ModelLogEntry.objects.filter(action="bdis_evaluation.grid_in_force").exists()
    assert national.post(url, {"change-a": "changed"}).status_code == 302
    assert draft.correspondences.get(key="a").change == "same"


def test_a_preview_shows_what_the_initiative_will_see(national, draft):
    page = national.get(admin_url("preview", draft.pk)).content.decode()
    assert "Après ?" in page
    assert LEVELS[0]["description"] in page
    assert "csrfmiddlewaretoken" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("name", ["yaml", "json"])
def test_a_version_is_downloaded_as_a_file_that_reads_the_same(national, in_force, name):
    response = national.get(admin_url("export", in_force.pk), {"format": name})
    assert f'filename="essai-v1.{name}"' in response["Content-Disposition"]
    assert read_document(response.content) == export_version(in_force)


def upload(client, text, **data):
    file = SimpleUploadedFile("grille.yaml", text.encode() if isinstance(text, str) else text)
    return client.post(admin_url("import"), {"file": file} | data)


def test_a_file_becomes_a_draft(national):
    text = to_yaml(read_document(shipped_path("csess")))
    response = upload(national, text)
    draft = GridVersion.objects.get()
    assert response.url == edit_url(draft)
    assert to_yaml(export_version(draft)) == text
    refused = upload(national, text)
    assert "version 1" in refused.context["errors"][0].reason
    assert upload(national, text, replace_draft="on").status_code == 302
    assert GridVersion.objects.count() == 1


def test_a_file_with_errors_is_refused_whole_with_lines(national):
    text = to_yaml(read_document(shipped_path("csess"))).replace("kind: yes_no", "kind: maybe", 1)
    response = upload(national, text)
    error = response.context["errors"][0]
    assert text.splitlines()[error.line - 1].strip() == "kind: maybe"
    assert f"{error.line}" in response.content.decode()
    assert not Grid.objects.exists()
    assert upload(national, b"x" * 10_000_000).context["errors"]
    assert upload(national, "<script>: 1").content.count(b"<script>: 1") == 0


def test_grids_of_the_package_and_of_plugins_are_installed(national):
    themes = [{"title": "T", "questions": [{"kind": "text", "text": "Racontez"}]}]
    theirs = {"bdis_grid": 1, "code": "tiers", "title": "Grille d’un tiers", "themes": themes}
    with (
        hooks.register_temporarily(HOOK, lambda: {"bdis_grid": 1, "code": "fausse"}),
        hooks.register_temporarily(HOOK, lambda: theirs),
    ):
        page = national.get(admin_url("import"))
        national.post(admin_url("import"), {"install": "tiers"})
        national.post(admin_url("import"), {"install": "fausse"})
    names = [one["grid"].name for one in page.context["offered"]]
    assert names == [*(f"grid_{name}.yaml" for name in SHIPPED), "fausse", "tiers"]
    assert "Grille d’un tiers" in page.content.decode()
    assert [grid.code for grid in Grid.objects.all()] == ["tiers"]


def test_a_new_grid_begins_with_a_draft(national):
    data = {"title": "Neuve", "code": "neuve", "purpose": "", "minutes": "20", "position": "0"}
    response = national.post(reverse("bdis_grids:add"), data)
    draft = GridVersion.objects.get(grid__code="neuve")
    assert response.url == edit_url(draft)


def test_a_grid_with_versions_is_not_deleted(national, in_force):
    national.post(reverse("bdis_grids:delete", args=[in_force.grid_id]))
    assert Grid.objects.exists()


def test_regional_teams_read_what_is_in_force_and_nothing_else(regional, in_force, draft):
    index = reverse("bdis_grid_versions:index")
    assert list(regional.get(index).context["object_list"]) == [in_force]
    for name in ("read", "preview", "export"):
        assert regional.get(admin_url(name, in_force.pk)).status_code == 200
        assert regional.get(admin_url(name, draft.pk)).status_code == 404
    refused = [
        reverse("bdis_grids:index"),
        reverse("bdis_grids:add"),
        reverse("bdis_grids:edit", args=[in_force.grid_id]),
        reverse("bdis_grids:delete", args=[in_force.grid_id]),
        edit_url(draft),
        reverse("bdis_grid_versions:delete", args=[draft.pk]),
        reverse("bdis_grid_versions:history", args=[draft.pk]),
        reverse("bdis_grid_versions:usage", args=[draft.pk]),
        reverse("bdis_grid_versions:add"),
        admin_url("import"),
        admin_url("new_version", in_force.grid_id),
        admin_url("correspondence", draft.pk),
        admin_url("in_force", draft.pk),
    ]
    decide(draft, {"a": ("same", ""), "b": ("dropped", "Raison")})
    for url in refused:
        for response in (regional.get(url), regional.post(url, {"install": "csess"})):
            assert response.status_code in (302, 403), url
            assert response.url == reverse("wagtailadmin_home"), url
    assert Grid.objects.count() == 1
    assert GridVersion.objects.get(pk=draft.pk).is_draft
    menu = regional.get(reverse("wagtailadmin_home")).content.decode()
    assert "bdis-grid-versions" in menu
    assert admin_url("import") not in menu


def test_nobody_else_sees_the_grids(client, site_tree, in_force, django_user_model):
    urls = [
        reverse("bdis_grid_versions:index"),
        *(admin_url(name, in_force.pk) for name in ("read", "preview", "export", "in_force")),
    ]
    for url in urls:
        assert client.get(url).status_code == 302
    client.force_login(django_user_model.objects.create(username="passante"))
    for url in urls:
        assert client.get(url).status_code in (302, 404)


def test_the_list_of_versions_asks_as_much_for_many(
    national, in_force, django_assert_max_num_queries
):
    url = reverse("bdis_grid_versions:index")
    national.get(url)
    with django_assert_max_num_queries(60) as few:
        national.get(url)
    for number in range(8):
        new_draft(
            GridFactory(code=f"g{number}"), user=None, themes=[theme("t", level("a"), title="T")]
        )
    with django_assert_max_num_queries(len(few)):
        national.get(url)


def test_a_version_is_begun_from_its_grid(national, regional):
    address = reverse("bdis_grid_versions:add")
    text = national.get(address, follow=True).text
    assert "Une version se commence depuis sa grille" in text
    assert national.post(address).status_code == 302
    assert regional.get(address, follow=True).redirect_chain[-1][0] == "/admin/"


def test_a_version_in_force_is_not_deleted_and_a_draft_is(national, in_force, draft):
    for version in (in_force, draft):
        address = reverse("bdis_grid_versions:delete", args=[version.pk])
        assert national.get(address).status_code == (200 if version == draft else 302)
        assert national.post(address).status_code == 302
    assert GridVersion.objects.get() == in_force


def test_a_grid_that_has_versions_is_not_deleted(national, in_force):
    address = reverse("bdis_grids:delete", args=[in_force.grid_id])
    assert national.get(address).status_code == 302
    assert "pas supprimée" in national.post(address, follow=True).text
    assert GridVersion.objects.get() == in_force
    empty = GridFactory(code="vide")
    assert national.post(reverse("bdis_grids:delete", args=[empty.pk])).status_code == 302
    assert not Grid.objects.filter(pk=empty.pk).exists()


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"themes": "x"},
        {"themes-count": "a"},
        {"themes-count": "9" * 5_000},
        {"themes-count": "99999999"},
        {"themes-count": "1", "themes-0-deleted": "", "themes-0-type": "theme"},
    ],
)
def test_a_form_that_did_not_come_whole_saves_nothing(national, draft, junk):
    former = GridVersion.objects.get(pk=draft.pk).raw_themes
    answer = national.post(edit_url(draft), junk, follow=True)
    assert "arrivé en entier" in answer.text
    assert GridVersion.objects.get(pk=draft.pk).raw_themes == former


def test_a_draft_put_in_force_by_another_while_it_is_saved_is_said(national, draft, monkeypatch):
    from bdis_evaluation.admin.grid_form import GridVersionForm

    clean = GridVersionForm.clean

    def meanwhile(form):
        other = GridVersion.objects.get(pk=draft.pk)
        decide(other, {"a": ("same", ""), "b": ("dropped", "Redite.")})
        enter_into_force(other, user=None)
        return clean(form)

    monkeypatch.setattr(GridVersionForm, "clean", meanwhile)
    data = form_data(draft, ("a", "Trop tard ?", ["Non", "Oui"]))
    answer = national.post(edit_url(draft), data, follow=True)
    assert "Une version en vigueur ne change jamais" in answer.text
    assert GridVersion.objects.get(pk=draft.pk).content.questions["a"].text == "Après ?"
