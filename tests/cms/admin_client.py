"""Logging in as a member of a regional group."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client


def member(name: str, *groups: str):
    """Return a new user of ``groups``, named as in ``bdis_cms.sitetree``."""
    user = get_user_model().objects.create_user(name, f"{name}@exemple.fr", "motdepasse")
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def logged_in(user) -> Client:
    """Return a client of ``user``; errors of views are answers, not exceptions."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client
