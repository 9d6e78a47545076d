"""Addresses of the directory: the one include of a host project."""

from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from bdis_search import views
from bdis_search.api import api
from bdis_search.api.responses import unknown_address
from bdis_search.feeds import region_feed, search_feed
from bdis_search.saved import views as saved_views
from bdis_search.sitemaps import SITEMAPS

public_urls = [
    path("recherche/", views.search, name="search"),
    path("recherche/flux.atom", search_feed, {"form": "atom"}, name="feed"),
    path("recherche/flux.json", search_feed, {"form": "json"}, name="json_feed"),
    path("recherche/facettes/<slug:name>/", views.facet_values, name="facet_values"),
    path("recherche/abonnement/", saved_views.follow, name="follow"),
    path("recherche/abonnement/demande/", saved_views.sent, name="follow_sent"),
    path("recherche/abonnement/confirmer/<str:token>/", saved_views.confirm, name="follow_confirm"),
    path("recherche/abonnement/gerer/<str:token>/", saved_views.manage, name="follow_manage"),
    path("recherche/abonnement/arreter/<str:token>/", saved_views.stop, name="follow_stop"),
    path("carte/", views.search_map, name="map"),
    path("regions/<slug:slug>/flux.atom", region_feed, {"form": "atom"}, name="region_feed"),
    path("regions/<slug:slug>/flux.json", region_feed, {"form": "json"}, name="region_json_feed"),
    path("nomenclature/", views.nomenclature, name="nomenclature"),
    path("nomenclature/activites/<str:code>/", views.activity, name="activity"),
    path("nomenclature/familles/<str:code>/", views.family, name="family"),
    # A token would put a cookie on every public page, only to protect the choice of a language.
    path("langue/", csrf_exempt(set_language), name="set_language"),
    path("robots.txt", views.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_index,
        {
            "sitemaps": SITEMAPS,
            "sitemap_url_name": "bdis_search:sitemap_section",
            # Django's own would ask a host to install django.contrib.sitemaps.
            "template_name": "bdis_search/sitemap_index.xml",
        },
        name="sitemap",
    ),
    path(
        "sitemap-<section>.xml",
        sitemap,
        {"sitemaps": SITEMAPS, "template_name": "bdis_search/sitemap.xml"},
        name="sitemap_section",
    ),
]

urlpatterns = [
    path("api/v1/", api.urls),
    # Before a site's own addresses: what the API does not know is a problem document too.
    path("api/v1/<path:unknown>", unknown_address),
    path("", include("bdis_evaluation.urls")),
    path("", include("bdis_cms.urls")),
    path("", include((public_urls, "bdis_search"))),
]
