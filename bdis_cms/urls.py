"""Addresses of the directory's own pages; ``bdis_search.urls`` includes them."""

from django.urls import include, path

urlpatterns = [
    path("mon-espace/", include("bdis_cms.space.urls")),
]
