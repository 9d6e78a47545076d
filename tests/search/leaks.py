"""The ways to hide a listing that has secrets."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import GroupApprovalTask, PageViewRestriction, Workflow, WorkflowTask

from bdis_cms import services
from bdis_cms.models import InitiativeContact, InitiativeLink, InitiativePage
from tests.factories import InitiativePageFactory

#: Words that only the hidden listing has, by the field that holds them.
SECRETS = {
    "title": "Zanzibulle",
    "acronym": "ZBQX",
    "summary": "krokodille",
    "description": "pelargonie",
    "tags": "myrtigale",
    "public contact": "claironne@example.org",
    "private contact": "chuchote@example.org",
    "private phone": "+33 6 98 76 54 32",
    "link": "zanzi-lien.example",
    "external_id": "zz-9-plural",
    "slug": "zz-hidden",
}
ALIKE = 3  # public listings like it in all but these words


@dataclass
class Directory:
    """A listing that somebody hides, among public ones."""

    page: InitiativePage
    tree: Any
    territories: Any
    family: Any
    activity: Any
    user: Any


def user() -> Any:
    """Return somebody who may do all."""
    return get_user_model().objects.create_superuser("root", "root@example.org", "x")


def make(
    tree: Any, territories: Any, family: Any, activity: Any, *, as_a_draft: bool = False
) -> Directory:
    """Publish the listing that will be hidden, and those that stay.

    ``as_a_draft``: it is published without its secrets, which an edit not yet published brings.
    """
    place = territories.die
    for number in range(ALIKE):
        InitiativePageFactory(
            title=f"Commune fanfare {number}",
            commune=place,
            families=[family],
            activities=[activity],
            tags=["partage"],
        )
    page = InitiativePageFactory(
        title="Une autre commune fanfare",
        slug="as-published",
        commune=place,
        latitude=place.latitude + 0.01,
        longitude=place.longitude + 0.01,
        families=[family],
        activities=[activity],
        tags=["partage"],
        source="secret",
        # Of the source, not of the text: no edit changes it.
        external_id="a-1" if as_a_draft else SECRETS["external_id"],
    )
    page.title = f"{SECRETS['title']} commune fanfare"
    page.slug = SECRETS["slug"]
    page.acronym = SECRETS["acronym"]
    page.summary = f"Une {SECRETS['summary']}."
    page.description = f"<p>Avec {SECRETS['description']}.</p>"
    page.tags.add(SECRETS["tags"])
    page.contacts = [
        InitiativeContact(name="Claire", email=SECRETS["public contact"], visibility="public"),
        InitiativeContact(
            name="Chut", email=SECRETS["private contact"], phone=SECRETS["private phone"]
        ),
    ]
    page.links = [InitiativeLink(url=f"https://{SECRETS['link']}/")]
    revision = page.save_revision()
    if not as_a_draft:
        revision.publish()
    page = InitiativePage.objects.get(pk=page.pk)
    return Directory(page, tree, territories, family, activity, user())


# How a listing comes not to be public


def _draft(world: Directory) -> None:
    page = world.page
    page.live, page.first_published_at, page.last_published_at = False, None, None
    page.live_revision = None
    page.save()


def _in_moderation(world: Directory) -> Any:
    _draft(world)
    workflow = Workflow.objects.create(name="Relecture")
    WorkflowTask.objects.create(
        workflow=workflow, task=GroupApprovalTask.objects.create(name="Relire"), sort_order=0
    )
    world.page.save_revision(user=world.user)
    return workflow.start(world.page, world.user)


def _refused(world: Directory) -> None:
    state = _in_moderation(world)
    state.current_task_state.reject(user=world.user)


def _suspended(world: Directory) -> None:
    services.suspend(world.page, reason="Signalement", user=world.user)


def _lapsed(world: Directory) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    services.record_charter_validity(world.page, valid_until=yesterday, user=world.user)


def _never_adhered(world: Directory) -> None:
    services.record_charter_validity(world.page, valid_until=None, user=world.user)


def _unpublished(world: Directory) -> None:
    world.page.unpublish()


def _deleted(world: Directory) -> None:
    InitiativePage.objects.get(pk=world.page.pk).delete()


def _moved_to_a_private_branch(world: Directory) -> None:
    PageViewRestriction.objects.create(page=world.tree.paca, restriction_type="login")
    world.page.move(world.tree.paca, "last-child")


def _behind_a_password(world: Directory) -> None:
    PageViewRestriction.objects.create(
        page=world.page, restriction_type="password", password="sesame"
    )


def _region_unpublished(world: Directory) -> None:
    world.page.move(world.tree.paca, "last-child")
    region = type(world.tree.paca).objects.get(pk=world.tree.paca.pk)
    UnpublishPageAction(region, include_descendants=True, user=world.user).execute(
        skip_permission_checks=True
    )


def _scheduled(world: Directory) -> None:
    _draft(world)
    page = world.page
    page.go_live_at = timezone.now() + datetime.timedelta(days=2)
    page.save_revision(user=world.user, approved_go_live_at=page.go_live_at).publish()


def _expired(world: Directory) -> None:
    page = world.page
    page.expire_at = timezone.now() - datetime.timedelta(minutes=5)
    page.save()
    call_command("publish_scheduled", verbosity=0)


def _expired_before_the_scheduler_ran(world: Directory) -> None:
    world.page.expire_at = timezone.now() - datetime.timedelta(minutes=5)
    world.page.save()


STATES: dict[str, Callable[[Directory], Any]] = {
    function.__name__.strip("_").replace("_", " "): function
    for function in (
        _draft,
        _in_moderation,
        _refused,
        _suspended,
        _lapsed,
        _never_adhered,
        _unpublished,
        _deleted,
        _moved_to_a_private_branch,
        _behind_a_password,
        _region_unpublished,
        _scheduled,
        _expired,
        _expired_before_the_scheduler_ran,
    )
}
