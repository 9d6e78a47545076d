"""The tree of pages, collections, groups and workflows a directory starts with."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from bdis_cms.models import HomePage, Region, RegionIndexPage, RegionPage

NATIONAL_GROUP = "Coordination nationale"
#: Nobody lives there (Austral lands, Clipperton): no page, no team. INSEE codes.
UNINHABITED_REGIONS = ("984", "989")
EDITING = ("add_page", "change_page")
MODERATING = (*EDITING, "publish_page", "lock_page", "unlock_page")
IMAGES_AND_DOCUMENTS = (
    ("wagtailimages", "image"),
    ("wagtaildocs", "document"),
)
#: What the national group alone may do with models: nomenclatures written, territories read.
NATIONAL_MODELS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("activity", "family", "legalfamily", "legalstatus"): ("view", "add", "change", "delete"),
    ("region", "department", "epci", "commune"): ("view",),
}


def editors_group_name(region: Region) -> str:
    """Name of the group that creates and edits the listings of ``region``."""
    return f"Rédaction — {region.name}"


def moderators_group_name(region: Region) -> str:
    """Name of the group that publishes the listings of ``region``."""
    return f"Modération — {region.name}"


@transaction.atomic
def ensure_site_tree() -> HomePage:
    """Create what is missing of the tree of pages, groups and collections; change nothing else.

    Idempotent. Content is written in the site's first language, French.
    """
    with override("fr"):
        home = _ensure_home()
        index = RegionIndexPage.objects.descendant_of(home).first()
        if index is None:
            index = RegionIndexPage(title=_("Regions"), slug="regions", show_in_menus=True)
            home.add_child(instance=index)
        _ensure_national_group(home)
        pages = {page.region_id: page for page in RegionPage.objects.all()}
        for region in Region.objects.exclude(code__in=UNINHABITED_REGIONS).order_by("name"):
            if region.pk not in pages:
                page = RegionPage(title=region.name, slug=region.slug, region=region)
                index.add_child(instance=page)
                pages[region.pk] = page
            _ensure_region_rights(region, pages[region.pk])
        return home


def _ensure_home() -> HomePage:
    home = HomePage.objects.first()
    if home is not None:
        return home
    locale = Locale.get_active() if Locale.objects.exists() else None
    root = Page.get_first_root_node()
    site = Site.objects.filter(is_default_site=True).first()
    home = HomePage(title=_("Home"), slug="accueil", locale=locale or Locale.get_default())
    home.headline = _("Find the solidarity initiatives near you")
    root.add_child(instance=home)
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
    elif site.root_page is None or not site.root_page.get_children().exists():
        # An untouched site: the directory becomes its root, so that its addresses hold.
        untouched = site.root_page
        site.root_page = home
        site.save()
        if untouched is not None and untouched.specific_class is Page:
            untouched.delete()
    else:
        # A host with a site of its own keeps it: the directory becomes a section of it.
        home.move(site.root_page, pos="last-child")
        home.refresh_from_db()
    return home


def _ensure_national_group(home: HomePage) -> None:
    group, created = Group.objects.get_or_create(name=NATIONAL_GROUP)
    _grant_pages(group, home, (*MODERATING, "bulk_delete_page"))
    _grant_collection(group, Collection.get_first_root_node())
    if created:
        group.permissions.add(_admin_access(), *_national_permissions())


def _national_permissions() -> QuerySet[Permission]:
    granted = Q(pk__in=[])
    for models, actions in NATIONAL_MODELS.items():
        granted |= Q(codename__in=[f"{action}_{model}" for model in models for action in actions])
    # The contents of the home and the way it is seen elsewhere are the national team's too.
    redirects = Q(content_type__app_label="wagtailredirects")
    return Permission.objects.filter(Q(content_type__app_label="bdis_cms") & granted | redirects)


def _ensure_region_rights(region: Region, page: RegionPage) -> None:
    root = Collection.get_first_root_node()
    collection = Collection.objects.filter(name=region.name, depth=2).first()
    if collection is None:
        collection = root.add_child(name=region.name)
        root.refresh_from_db()
    editors, _created = Group.objects.get_or_create(name=editors_group_name(region))
    moderators, _created = Group.objects.get_or_create(name=moderators_group_name(region))
    for group, permissions in ((editors, EDITING), (moderators, MODERATING)):
        group.permissions.add(_admin_access())
        _grant_pages(group, page, permissions)
        _grant_collection(group, collection)
    _ensure_workflow(region, page, moderators)


def _ensure_workflow(region: Region, page: RegionPage, moderators: Group) -> None:
    if WorkflowPage.objects.filter(page=page).exists():
        return
    name = moderators_group_name(region)
    task = GroupApprovalTask.objects.create(name=name)
    # The national team too, or a region without moderators would wait for ever.
    task.groups.set([moderators, Group.objects.get(name=NATIONAL_GROUP)])
    workflow = Workflow.objects.create(name=name)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page=page, workflow=workflow)


def _grant_pages(group: Group, page: Page, codenames: tuple[str, ...]) -> None:
    page_type = ContentType.objects.get_for_model(Page)
    for permission in Permission.objects.filter(content_type=page_type, codename__in=codenames):
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _grant_collection(group: Group, collection: Collection) -> None:
    for app_label, model in IMAGES_AND_DOCUMENTS:
        for permission in Permission.objects.filter(
            content_type__app_label=app_label,
            codename__in=[f"add_{model}", f"change_{model}", f"choose_{model}"],
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )


def _admin_access() -> Permission:
    return Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
