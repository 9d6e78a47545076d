"""Accounts of the demonstration, with a password that everybody knows."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.users.models import UserProfile

from bdis_cms.demo.content import SOURCE
from bdis_cms.models import InitiativeMember, InitiativePage, MemberRole, Region
from bdis_cms.sitetree import NATIONAL_GROUP, editors_group_name, moderators_group_name

#: Printed at every run: these accounts exist in development only.
PASSWORD = "demonstration-bdis"  # noqa: S105 - public on purpose


class PublicPasswordRefused(Exception):
    """Accounts with a known password were asked for outside development."""

    def __str__(self) -> str:
        return (
            "The accounts of the demonstration have a public password: they are created with "
            "DEBUG on only. Use the development settings, or create real accounts."
        )


@dataclass(frozen=True)
class DemoAccount:
    """A person of the demonstration; ``region`` is an official code, "" for the country."""

    username: str
    first_name: str
    last_name: str
    role: str
    region: str = ""
    moderator: bool = False
    superuser: bool = False


EDITORS = (
    DemoAccount("redaction-paca", "Magali", "Esparron", "Rédaction", "93"),
    DemoAccount("redaction-aura", "Jean-Noël", "Brévières", "Rédaction", "84"),
    DemoAccount("redaction-bretagne", "Enora", "Le Gwenn", "Rédaction", "53"),
)
OTHERS = (
    DemoAccount("moderation-paca", "Sofiane", "Cadenet", "Modération", "93", moderator=True),
    DemoAccount("moderation-aura", "Lucie", "Montvernier", "Modération", "84", moderator=True),
    DemoAccount("moderation-bretagne", "Tanguy", "Kermarrec", "Modération", "53", moderator=True),
    DemoAccount("coordination", "Hélène", "Varennes", "Coordination nationale"),
    DemoAccount("admin", "Alex", "Technique", "Administration technique", superuser=True),
)


@dataclass(frozen=True)
class DemoMember:
    """A person who acts for initiatives of the demonstration: ids of listings, with the role."""

    username: str
    first_name: str
    last_name: str
    roles: tuple[tuple[str, MemberRole], ...]

    @property
    def email(self) -> str:
        """What they sign in with."""
        return f"{self.username}@example.org"


MEMBERS = (
    DemoMember("mireille", "Mireille", "Fontvieille", (("pro-001", MemberRole.OWNER),)),
    DemoMember(
        "bastien",
        "Bastien",
        "Chastagnier",
        (
            ("ara-001", MemberRole.OWNER),
            ("ara-002", MemberRole.OWNER),
            ("pro-001", MemberRole.CONTRIBUTOR),
        ),
    ),
)


@transaction.atomic
def ensure_members() -> int:
    """Create the accounts of members that are missing and have them join; return their number.

    Raises ``PublicPasswordRefused`` outside development.
    """
    if not settings.DEBUG:
        raise PublicPasswordRefused
    users = get_user_model()
    known = set(users.objects.values_list(users.USERNAME_FIELD, flat=True))
    missing = [member for member in MEMBERS if member.username not in known]
    for member in missing:
        user = users.objects.create(
            username=member.username,
            first_name=member.first_name,
            last_name=member.last_name,
            email=member.email,
            password=make_password(PASSWORD),
        )
        for listing, role in member.roles:
            for page in InitiativePage.objects.filter(source=SOURCE, external_id=listing):
                InitiativeMember.objects.create(initiative=page, user=user, role=role)
    return len(missing)


def ensure_accounts(accounts: tuple[DemoAccount, ...]) -> int:
    """Create the accounts that are missing and return their number; the others stay as they are.

    Raises ``PublicPasswordRefused`` outside development.
    """
    if not settings.DEBUG:
        raise PublicPasswordRefused
    users = get_user_model()
    known = set(users.objects.values_list(users.USERNAME_FIELD, flat=True))
    missing = [account for account in accounts if account.username not in known]
    if not missing:
        return 0
    password = make_password(PASSWORD)
    for account in missing:
        user = users.objects.create(
            username=account.username,
            first_name=account.first_name,
            last_name=account.last_name,
            email=f"{account.username}@example.org",
            is_superuser=account.superuser,
            is_staff=account.superuser,
            password=password,
        )
        UserProfile.objects.get_or_create(user=user, defaults={"preferred_language": "fr"})
        if group := _group(account):
            user.groups.add(group)
    return len(missing)


def _group(account: DemoAccount) -> Group | None:
    if account.superuser:
        return None
    if not account.region:
        return Group.objects.get(name=NATIONAL_GROUP)
    region = Region.objects.get(code=account.region)
    name = moderators_group_name(region) if account.moderator else editors_group_name(region)
    return Group.objects.get(name=name)
