"""What every page shows is remembered, and what changes is seen."""

from wagtail.models import Site

from bdis_cms import remembering
from bdis_cms.frame import menu_of, site_of
from tests.factories import RegionIndexPageFactory


def test_the_menu_is_read_once(site_tree, remembering_for_a_minute, django_assert_num_queries):
    page = site_tree.regions
    page.show_in_menus = True
    page.save()

    assert menu_of(site_tree.site) == [(page.title, page.url)]
    with django_assert_num_queries(0):
        menu_of(site_tree.site)


def test_a_page_saved_here_is_seen_at_once(site_tree, remembering_for_a_minute):
    assert menu_of(site_tree.site) == []
    site_tree.regions.show_in_menus = True
    site_tree.regions.save()

    assert menu_of(site_tree.site) == [(site_tree.regions.title, site_tree.regions.url)]
    site_tree.regions.delete()
    assert menu_of(site_tree.site) == []


def test_a_change_made_elsewhere_is_seen_when_the_time_is_over(
    site_tree, remembering_for_a_minute, settings, monkeypatch
):
    now = 1000.0
    monkeypatch.setattr(remembering.time, "monotonic", lambda: now)
    menu_of(site_tree.site)
    type(site_tree.regions).objects.update(show_in_menus=True)  # no signal: as another process

    now += 59
    assert menu_of(site_tree.site) == []
    now += 1
    assert menu_of(site_tree.site) != []


def test_without_a_time_nothing_is_remembered(site_tree, settings):
    settings.BDIS_REMEMBER_SECONDS = 0
    menu_of(site_tree.site)
    type(site_tree.regions).objects.update(show_in_menus=True)

    assert menu_of(site_tree.site) != []


def test_each_site_has_its_own_menu(site_tree, rf, remembering_for_a_minute):
    other = Site.objects.create(hostname="ailleurs.example", root_page=site_tree.regions)
    site_tree.aura.show_in_menus = True
    site_tree.aura.save()

    def menu(host):
        return menu_of(site_of(rf.get("/", headers={"host": host})))

    assert menu("localhost") == []
    assert menu(other.hostname) == [(site_tree.aura.title, "/auvergne-rhone-alpes/")]


def test_what_is_remembered_is_bounded(remembering_for_a_minute):
    asked = []

    @remembering.remembered(Site)
    def double(number):
        asked.append(number)
        return number * 2

    assert [double(number) for number in range(500)] == [number * 2 for number in range(500)]
    assert double(499) == 998
    assert len(asked) == 500


def test_a_page_that_is_private_leaves_the_menu(site_tree):
    from wagtail.models import PageViewRestriction

    site_tree.regions.show_in_menus = True
    site_tree.regions.save()
    PageViewRestriction.objects.create(page=site_tree.regions, restriction_type="login")

    assert menu_of(site_tree.site) == []


def test_a_listing_is_never_in_the_menu_a_page_of_another_type_is(site_tree):
    page = RegionIndexPageFactory(
        parent=site_tree.home, title="Autre", slug="autre", show_in_menus=True
    )

    assert menu_of(site_tree.site) == [("Autre", page.url)]
