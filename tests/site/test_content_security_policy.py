"""Inline scripts are for Wagtail's admin alone."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_admin_may_use_inline_scripts(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy


def test_a_public_page_may_not(client, site_tree):
    for address in ("/", "/nulle-part/", "/administration/"):
        policy = client.get(address)["Content-Security-Policy"]
        assert "unsafe-inline" not in policy


def test_no_policy_names_a_third_party(client):
    for address in ("/admin/login/", "/nulle-part/"):
        assert "http" not in client.get(address)["Content-Security-Policy"]
