"""Who may do what, beyond what Wagtail's page permissions already say."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import F, Model, Q, QuerySet
from wagtail.models import (
    AbstractPage,
    CollectionMember,
    GroupPagePermission,
    Page,
    PagePermissionTester,
)
from wagtail.permissions import policy_registry

from bdis_cms.models import HomePage, InitiativePage, MemberRole, RegionPage
from bdis_cms.models.initiative_facts import InitiativeQuerySet

User = AbstractUser | AnonymousUser | Any


class FrameworkPagePermissionTester(PagePermissionTester):
    """Rights on a page that holds others, such as a region's: regional teams edit it only.

    Wagtail lets whoever publishes there take it away as well, once nothing is below it, and with
    it the rights, the workflow and the addresses of the region.
    """

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return works_nationally(self.user) and super().can_delete(ignore_bulk)

    def can_unpublish(self) -> bool:
        return works_nationally(self.user) and super().can_unpublish()


def may_moderate(user: User, page: Page) -> bool:
    """Whether ``user`` publishes in the region of ``page``: they rule on its listings."""
    return page.permissions_for_user(user).can_publish()


def explorable_pages(user: User) -> QuerySet[Page]:
    """Return the pages whose drafts ``user`` may read, and the way to them."""
    return policy_registry.get_by_type(Page).explorable_instances(user)


def may_explore(user: User, page: AbstractPage) -> bool:
    """Whether ``page`` is in a part of the tree where ``user`` works, or on the way to it.

    Read from the permissions that the request already holds: no query.
    """
    if user.is_superuser:
        return True
    paths = [
        permission.page.path
        for permission in policy_registry.get_by_type(Page).get_cached_permissions_for_user(user)
    ]
    return any(page.path.startswith(path) or path.startswith(page.path) for path in paths)


def works_nationally(user: User) -> bool:
    """Whether the rights of ``user`` cover the whole directory, and not some regions of it."""
    if user.is_superuser:
        return True
    permissions = policy_registry.get_by_type(Page).get_cached_permissions_for_user(user)
    paths = tuple({permission.page.path for permission in permissions})
    return bool(paths) and all(home.startswith(paths) for home in _home_paths(user))


def _home_paths(user: Any) -> list[str]:
    """Return where the homes are, read once for each request, as Wagtail reads permissions."""
    known: list[str] | None = getattr(user, "_bdis_home_paths", None)
    if known is None:
        known = list(HomePage.objects.values_list("path", flat=True))
        user._bdis_home_paths = known
    return known


def choosable_pages(pages: QuerySet[Page], user: User) -> QuerySet[Page]:
    """Keep the pages that ``user`` may link to: theirs, and what the public sees of the others.

    The admin shows draft titles: a published page that is being retitled elsewhere is left out.
    """
    if user.is_superuser:
        return pages
    # By key only: search engines filter on what they index, which draft titles are not.
    published = Page.objects.filter(live=True, draft_title=F("title"))
    return pages.filter(
        Q(pk__in=published.values("pk")) | Q(pk__in=explorable_pages(user).values("pk"))
    )


def may_choose(user: User, item: Any) -> bool:
    """Whether ``user`` works with the collection of an image or document."""
    return policy_registry.get(item).user_has_any_permission_for_instance(
        user, {"add", "change", "delete", "choose"}, item
    )


def may_show(user: User, model: type[Model], pk: str) -> bool:
    """Whether ``user`` may have a page show that object; only media and pages have owners."""
    if issubclass(model, Page):
        return choosable_pages(Page.objects.filter(pk=pk), user).exists()
    if issubclass(model, CollectionMember):
        item = model._default_manager.filter(pk=pk).first()
        return item is None or may_choose(user, item)
    return True


def editable_initiatives(user: User) -> InitiativeQuerySet:
    """Return the listings that ``user`` may edit or publish."""
    if user.is_superuser:
        return InitiativePage.objects.all()
    pages = policy_registry.get_by_type(Page).instances_user_has_any_permission_for(
        user, {"change", "publish"}
    )
    return InitiativePage.objects.filter(pk__in=pages.values("pk"))


def own_region_pages(user: User) -> QuerySet[RegionPage]:
    """Return the pages of the regions in which ``user`` works; all for the national team."""
    regions = RegionPage.objects.order_by("title")
    if user.is_superuser:
        return regions
    paths = GroupPagePermission.objects.filter(group__user=user).values_list(
        "page__path", flat=True
    )
    within = Q(pk__in=[])
    for path in set(paths):
        within |= Q(path__startswith=path)
    return regions.filter(within)


def own_initiatives(user: Any) -> InitiativeQuerySet:
    """Return the initiatives for which ``user`` acts, published or not."""
    if not user.is_authenticated:
        return InitiativePage.objects.none()
    return InitiativePage.objects.filter(members__user=user)


def may_act_for(user: Any, page: InitiativePage) -> bool:
    """Whether ``user`` is one of the people of the initiative: they fill its evaluation."""
    return bool(user.is_authenticated) and page.members.filter(user=user).exists()


def may_sign_for(user: Any, page: InitiativePage) -> bool:
    """Whether ``user`` owns the listing: they sign the charter, invite, and share results."""
    return (
        bool(user.is_authenticated)
        and page.members.filter(user=user, role=MemberRole.OWNER).exists()
    )
