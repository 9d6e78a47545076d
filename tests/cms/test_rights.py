"""An editor of one region neither sees the drafts nor changes anything of another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core import serializers
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, Page, Revision, TaskState, WorkflowPage

from bdis_cms.models import Activity, Family, InitiativePage, Region, RegionPage
from bdis_cms.sitetree import (
    NATIONAL_GROUP,
    editors_group_name,
    ensure_site_tree,
    moderators_group_name,
)
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativePageFactory

SECRET = "Zanzibarbouillon"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(territories, settings, tmp_path) -> SimpleNamespace:
    """Two regions; in the other one, drafts of every kind whose text holds ``SECRET``."""
    settings.MEDIA_ROOT = tmp_path
    ensure_site_tree()
    aura, paca = territories.aura, territories.paca
    users = SimpleNamespace(
        editor=member("editrice", editors_group_name(aura)),
        moderator=member("moderateur", moderators_group_name(aura)),
        foreign=member("ailleurs", editors_group_name(paca)),
        foreign_moderator=member("juge", moderators_group_name(paca)),
        two_regions=member("double", editors_group_name(aura), moderators_group_name(paca)),
        national=member("nationale", NATIONAL_GROUP),
    )
    own = InitiativePageFactory(title="Fiche d’ici", commune=territories.die)
    own.save_revision()
    draft = InitiativePageFactory(
        title=f"Brouillon {SECRET}",
        slug="brouillon-secret",
        summary=f"Resume {SECRET}",
        commune=territories.avignon,
        live=False,
        owner=users.foreign,
    )
    revision = draft.save_revision(user=users.foreign)
    published = InitiativePageFactory(
        title="Fiche publique", slug="publique", commune=territories.avignon
    )
    published.title = f"Titre a venir {SECRET}"
    published.save_revision(user=users.foreign)
    draft.get_workflow().start(draft, users.foreign)
    collection = Collection.objects.get(name=paca.name)
    image = get_image_model().objects.create(
        title=f"Image {SECRET}", file=get_test_image_file(), collection=collection
    )
    document = get_document_model().objects.create(
        title=f"Document {SECRET}",
        file=ContentFile(b"%PDF", name="secret.pdf"),
        collection=collection,
    )
    return SimpleNamespace(
        users=users,
        own=InitiativePage.objects.get(pk=own.pk),
        draft=InitiativePage.objects.get(pk=draft.pk),
        published=InitiativePage.objects.get(pk=published.pk),
        revision=revision,
        image=image,
        document=document,
        collection=collection,
        own_region=RegionPage.objects.get(region=aura),
        foreign_region=RegionPage.objects.get(region=paca),
        task_state=TaskState.objects.get(),
    )


def admin_routes() -> Iterator[str]:
    """Yield every route under /admin/, as Django writes it."""

    def walk(patterns, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield route

    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "admin/":
            yield from walk(pattern.url_patterns, "admin/")


def addresses(route: str, world: SimpleNamespace) -> Iterator[str]:
    """Yield the addresses of ``route`` for the content of the other region."""
    page, published = world.draft.pk, world.published.pk
    by_name = {
        "page_id": [page, published],
        "parent_page_id": [world.foreign_region.pk, page],
        "page_to_move_id": [page, published],
        "destination_id": [world.own_region.pk, world.foreign_region.pk],
        "revision_id": [world.revision.pk],
        "revision_id_a": ["earliest"],
        "revision_id_b": ["latest"],
        "task_id": [world.task_state.task_id],
        "task_state_id": [world.task_state.pk],
        "workflow_state_id": [world.task_state.workflow_state_id],
        "workflow_id": [world.task_state.workflow_state.workflow_id],
        "image_id": [world.image.pk],
        "document_id": [world.document.pk],
        "collection_id": [world.collection.pk],
        "action_name": ["approve", "publish"],
        "action": ["delete", "move", "publish", "unpublish", "add_tags", "add_to_collection"],
        "filter_spec": ["original", "width-100"],
        "content_type_app_name": ["bdis_cms"],
        "content_type_model_name": ["initiativepage"],
        "object_id": [page],
        "session_id": [1],
        "direction": ["up"],
        "user_id": [world.users.foreign.pk],
    }
    if "/collections/" in route:
        by_name["pk"] = [world.collection.pk]
    elif "/workflows/" in route:
        by_name["pk"] = [world.task_state.workflow_state.workflow_id, world.task_state.task_id]
    elif "images" in route:
        by_name["pk"] = [world.image.pk]
    elif "documents" in route:
        by_name["pk"] = [world.document.pk]
    else:
        by_name["pk"] = [page, published]
    models = {
        "bulk": [("wagtailcore", "page"), ("wagtailimages", "image"), ("wagtaildocs", "document")],
        "editing-sessions": [("wagtailcore", "page")],
    }.get(route.split("/")[1], [("bdis_cms", "initiativepage")])
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    route = route.replace("\\", "").replace("^", "").replace("$", "")
    for app_label, model_name in models:
        choices = by_name | {"app_label": [app_label], "model_name": [model_name]}
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        most = max((len(choices.get(name, [1])) for name in names), default=1)
        for number in range(most):
            address = "/" + route
            for name in names:
                values = choices.get(name, [1])
                address = re.sub(
                    rf"<(?:\w+:)?{name}>", str(values[number % len(values)]), address, count=1
                )
            yield address


def snapshot(world: SimpleNamespace) -> str:
    """Return all that is not of the intruder's own region, as the database holds it."""
    pages = Page.objects.exclude(path__startswith=world.own_region.path)
    own = [
        str(pk)
        for pk in Page.objects.filter(path__startswith=world.own_region.path).values_list(
            "pk", flat=True
        )
    ]
    kept = (
        pages,
        InitiativePage.objects.filter(pk__in=pages),
        Revision.objects.exclude(object_id__in=own),
        TaskState.objects.exclude(workflow_state__object_id__in=own),
        get_image_model().objects.filter(collection=world.collection),
        get_document_model().objects.filter(collection=world.collection),
        Family.objects.all(),
        Activity.objects.all(),
        Region.objects.all(),
        Collection.objects.all(),
        Group.objects.all(),
        WorkflowPage.objects.all(),
    )
    return "\n".join(serializers.serialize("json", rows.order_by("pk")) for rows in kept)


def query_strings(route: str, world: SimpleNamespace) -> list[str]:
    """Return what a curious editor would add to the addresses of ``route``."""
    pages = f"id={world.draft.pk}&id={world.published.pk}"
    if route.startswith("admin/bulk/"):
        media = f"?id={world.image.pk}&id={world.document.pk}"
        return [f"?{pages}", media, "?id=all", f"?id=all&childOf={world.foreign_region.pk}"]
    if route.startswith("admin/api/"):
        return ["", f"?child_of={world.foreign_region.pk}&for_explorer=1", "?search=brouillon"]
    media = f"id={world.image.pk}&id={world.document.pk}"
    return [
        "",
        f"?{media if 'images' in route or 'documents' in route else pages}&multiple=1",
        f"?q=brouillon&search_all=1&target_pages[]={world.draft.pk}",
    ]


def bodies(world: SimpleNamespace) -> list[dict[str, object]]:
    return [
        {},
        {
            "title": "Pris",
            "slug": "pris",
            "reason": "Prise de pouvoir",
            "on": "2026-01-01",
            "valid_until": "2031-01-01",
            "action-publish": "1",
            "new_title": "Copie",
            "new_slug": "copie",
            "new_parent_page": world.foreign_region.pk,
            "new_parent": world.foreign_region.pk,
            "chooser": world.own_region.pk,
            "parent_page": world.foreign_region.pk,
            "restriction_type": "none",
            "comment": "oui",
            "confirm_site_name": "BDIS",
            "include_descendants": "on",
            "collection": Collection.objects.get(name=world.own_region.title).pk,
            "tags": "pris",
            "name": "Pris",
        },
    ]


SKIPPED = (
    "admin/logout/",
    "admin/failwhale/",
    "admin/password_reset",
    "admin/jsi18n",
    "admin/login",
)


#: An error of Wagtail over a senseless request leaks nothing; ours have no excuse.
OUR_ADDRESSES = (
    "/admin/bdis",
    "/admin/initiatives/",
    "/admin/nomenclature/",
    "/admin/territories/",
)


def exposed(response) -> bool:
    content = b"".join(response) if response.streaming else response.content
    return SECRET in content.decode("utf-8", "replace")


def test_the_walk_reaches_every_kind_of_admin_address():
    routes = list(admin_routes())

    assert len(routes) > 150
    for part in ("pages/", "images/", "documents/", "bulk/", "reports/", "workflows/", "bdis/"):
        assert any(route.startswith(f"admin/{part}") for route in routes)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["editor", "moderator"])
def test_no_admin_address_shows_or_changes_what_another_region_holds(world, who):
    client = logged_in(getattr(world.users, who))
    before = snapshot(world)
    leaks, changes, broken = [], [], []

    for route in admin_routes():
        if route.startswith(SKIPPED):
            continue
        queries = query_strings(route, world)
        for address in addresses(route, world):
            for query in queries:
                response = client.get(address + query)
                if exposed(response):
                    leaks.append(f"GET {address}{query}")
                if response.status_code >= 500 and address.startswith(OUR_ADDRESSES):
                    broken.append(f"GET {address}{query}")
            posted = queries if route.startswith("admin/bulk/") else [""]
            leaks += [
                f"POST {address}{query}"
                for query in posted
                for body in bodies(world)
                if exposed(client.post(address + query, body))
            ]
            if (now := snapshot(world)) != before:
                changes.append(address)
                before = now

    assert leaks == []
    assert changes == []
    assert broken == []


def test_search_boxes_do_not_find_the_drafts_of_another_region(world):
    client = logged_in(world.users.editor)

    for address in (
        "/admin/pages/search/",
        "/admin/pages/search/results/",
        "/admin/choose-page/search/",
        "/admin/initiatives/",
        "/admin/initiatives/results/",
        "/admin/bdis_initiative_chooser/",
        "/admin/bdis_initiative_chooser/results/",
        "/admin/images/",
        "/admin/images/chooser/results/",
        "/admin/documents/",
        f"/admin/pages/{world.own_region.pk}/results/",
    ):
        page = client.get(address, {"q": SECRET, "search_all": "1"}).content.decode()
        assert f"Brouillon {SECRET}" not in page, address
        assert f"Titre a venir {SECRET}" not in page, address
        assert f"Image {SECRET}" not in page, address
        assert f"Document {SECRET}" not in page, address


def test_an_editor_of_two_regions_does_not_see_the_third(world, territories):
    """Their common root is the list of regions: everything under it could show."""
    from tests.factories import CommuneFactory, DepartmentFactory, RegionFactory

    third = RegionFactory(code="53", name="Bretagne")
    ensure_site_tree()
    brest = CommuneFactory(
        code="29019", name="Brest", department=DepartmentFactory(code="29", region=third)
    )
    region = RegionPage.objects.get(region=third)
    region.draft_title = f"Bretagne {SECRET}"
    region.save()
    draft = InitiativePageFactory(title=f"Tiers {SECRET}", live=False, commune=brest, parent=region)
    draft.save_revision()
    client = logged_in(world.users.two_regions)

    for address in (
        f"/admin/pages/{region.pk}/",
        f"/admin/pages/{draft.pk}/edit/",
        f"/admin/pages/{draft.pk}/usage/",
        f"/admin/choose-page/{region.pk}/",
        f"/admin/api/main/pages/{draft.pk}/",
        f"/admin/api/main/pages/?child_of={region.pk}",
        f"/admin/pages/{region.get_parent().pk}/",
        "/admin/choose-page/",
        f"/admin/choose-page/{region.get_parent().pk}/",
        "/admin/initiatives/",
    ):
        response = client.get(address)
        assert f"Tiers {SECRET}" not in response.content.decode(), address
        assert f"Bretagne {SECRET}" not in response.content.decode(), address


def test_public_listings_of_other_regions_can_be_chosen_and_drafts_cannot(world):
    world.published.title = "Fiche publique"
    world.published.draft_title = "Fiche publique"
    world.published.save()
    client = logged_in(world.users.editor)

    chooser = client.get("/admin/bdis_initiative_chooser/").content.decode()

    assert "Fiche publique" in chooser
    assert SECRET not in chooser
    assert client.get(f"/admin/bdis_initiative_chooser/chosen/{world.draft.pk}/").status_code == 404
    chosen = client.get(f"/admin/bdis_initiative_chooser/chosen/{world.published.pk}/")
    assert json.loads(chosen.content)["result"]["title"] == "Fiche publique"


def test_editors_write_and_submit_but_do_not_publish(world):
    permissions = world.own_region.permissions_for_user(world.users.editor)

    assert permissions.can_add_subpage()
    assert not permissions.can_publish_subpage()
    assert world.own.permissions_for_user(world.users.editor).can_edit()
    assert world.own.permissions_for_user(world.users.editor).can_submit_for_moderation()
    assert not world.own.permissions_for_user(world.users.editor).can_publish()


def test_moderators_publish_unpublish_and_lock_in_their_region_only(world):
    here = world.own.permissions_for_user(world.users.moderator)
    there = world.draft.permissions_for_user(world.users.moderator)

    assert all([here.can_publish(), here.can_unpublish(), here.can_lock()])
    assert not any([there.can_publish(), there.can_edit(), there.can_lock(), there.can_delete()])


def test_a_submission_reaches_the_moderators_of_the_region(world):
    client = logged_in(world.users.foreign_moderator)

    assert SECRET in client.get("/admin/").content.decode()
    response = client.post(
        f"/admin/pages/workflow/action/{world.draft.pk}/approve/{world.task_state.pk}/",
        {"comment": ""},
    )

    assert response.status_code == 302
    assert InitiativePage.objects.get(pk=world.draft.pk).live


@pytest.mark.parametrize(
    "address",
    [
        "pages/{}/delete/",
        "pages/{}/unpublish/",
        "bulk/wagtailcore/page/delete/?id={}",
        "bulk/wagtailcore/page/unpublish/?id={}",
        "api/main/pages/{}/action/delete/",
        "api/main/pages/{}/action/unpublish/",
    ],
)
def test_a_regional_team_edits_its_region_page_but_cannot_take_it_away(world, address):
    world.own.delete()
    region = world.own_region

    logged_in(world.users.moderator).post("/admin/" + address.format(region.pk))

    assert RegionPage.objects.filter(pk=region.pk, live=True).exists()
    assert region.permissions_for_user(world.users.moderator).can_edit()
    assert region.permissions_for_user(world.users.national).can_unpublish()


@pytest.mark.parametrize(
    "report",
    ["page-types-usage", "site-history", "workflow", "workflow_tasks", "locked"],
)
def test_reports_on_everybody_are_for_the_national_team(world, report):
    """Their rows or their filters name who works for another region, or for an initiative."""
    report = f"/admin/reports/{report}/"

    assert logged_in(world.users.national).get(report).status_code == 200
    for address in (report, f"{report}results/"):
        assert logged_in(world.users.moderator).get(address).status_code == 404
    assert report not in logged_in(world.users.moderator).get("/admin/").content.decode()


def test_the_check_asks_hosts_for_the_guard(settings):
    from bdis_cms.checks import GUARD, check_admin_guard

    assert check_admin_guard(None) == []
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GUARD]
    assert [warning.id for warning in check_admin_guard(None)] == ["bdis_cms.W001"]


def test_the_national_team_edits_everything_and_manages_no_account(world):
    client = logged_in(world.users.national)

    for page in (world.own, world.draft, world.foreign_region):
        permissions = page.permissions_for_user(world.users.national)
        assert permissions.can_edit()
        assert permissions.can_publish()
    assert client.get("/admin/nomenclature/activities/").status_code == 200
    assert client.get("/admin/nomenclature/families/").status_code == 200
    assert client.get("/admin/territories/communes/").status_code == 200
    for address in ("/admin/users/", "/admin/groups/", "/admin/sites/", "/admin/workflows/list/"):
        assert client.get(address).status_code == 302


def test_regional_teams_do_not_touch_nomenclatures_nor_territories(world):
    for user in (world.users.editor, world.users.moderator):
        client = logged_in(user)
        for address in (
            "/admin/nomenclature/activities/",
            "/admin/nomenclature/activities/new/",
            "/admin/nomenclature/families/",
            "/admin/territories/communes/",
        ):
            assert client.get(address).status_code == 302


def test_each_group_holds_page_permissions_on_one_page_only(world):
    for group in Group.objects.filter(name__startswith="Rédaction"):
        assert group.page_permissions.values("page").distinct().count() == 1
