"""The tree a directory starts with."""

from django.contrib.auth.models import Group

from bdis_cms.models import RegionPage
from bdis_cms.sitetree import editors_group_name, ensure_site_tree
from tests.factories.territories import RegionFactory


def test_every_region_where_people_live_has_a_page_and_a_team(db):
    RegionFactory(code="53", name="Bretagne")
    RegionFactory(code="988", name="Nouvelle-Calédonie")
    empty = [RegionFactory(code="984", name="Terres australes"), RegionFactory(code="989")]
    ensure_site_tree()
    codes = set(RegionPage.objects.values_list("region__code", flat=True))
    assert codes == {"53", "988"}
    names = [editors_group_name(region) for region in empty]
    assert not Group.objects.filter(name__in=names).exists()
