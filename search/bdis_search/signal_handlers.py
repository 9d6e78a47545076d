"""What makes the index follow the site."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from taggit.models import Tag
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from bdis_cms.models import Activity, Family, InitiativePage, LegalFamily, LegalStatus
from bdis_cms.signals import listings_changed
from bdis_search.outbox import enqueue, enqueue_all

# Saving: facts that need no publication (adhesion, suspension). Publishing: sent once children
# and relations are saved too.


@receiver([post_save, post_delete], sender=InitiativePage)
@receiver([page_published, page_unpublished], sender=InitiativePage)
def listing_changed(sender: type, instance: InitiativePage, **kwargs: Any) -> None:
    """Index a listing that was saved, published, unpublished or deleted."""
    enqueue([instance.pk])


@receiver(listings_changed)
def listings_written(sender: Any, page_ids: list[int], **kwargs: Any) -> None:
    """Index listings written in bulk."""
    enqueue(page_ids)


@receiver(post_page_move)
def branch_moved(sender: type, instance: Page, **kwargs: Any) -> None:
    """Index the listings of a branch that may have become private, or public."""
    _enqueue_branch(instance)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def privacy_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    """Index the listings of a branch that became private, or public."""
    page = Page.objects.filter(pk=instance.page_id).first()
    if page:
        _enqueue_branch(page)


@receiver([post_save, pre_delete], sender=Family)
@receiver([post_save, pre_delete], sender=LegalFamily)
@receiver([post_save, pre_delete], sender=LegalStatus)
@receiver([post_save, pre_delete], sender=Activity)
@receiver([post_save, pre_delete], sender=Tag)
def term_changed(sender: type, instance: Any, created: bool = False, **kwargs: Any) -> None:
    """Index the listings that bear a term that goes, or whose words may have changed."""
    if created:
        return
    match instance:
        case Family():
            bearing = Q(families=instance)
        case LegalFamily():
            bearing = Q(legal_family=instance)
        case LegalStatus():
            bearing = Q(legal_status=instance)
        case Activity():
            below = Activity.objects.filter(path__startswith=instance.path)
            bearing = Q(activities__in=below) | Q(main_activity__in=below)
        case _:
            bearing = Q(tagged_items__tag=instance)
    enqueue_all(InitiativePage.objects.filter(bearing))


def _enqueue_branch(page: Page) -> None:
    enqueue_all(InitiativePage.objects.descendant_of(page, inclusive=True))
