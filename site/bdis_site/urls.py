"""Addresses of the default host project."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Documents have their own address above, which knows the private ones.
    re_path("^media/documents/", page_not_found, {"exception": None}),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("mon-espace/", include("bdis_site.accounts.urls")),
    path("", include("bdis_search.urls")),
    path("", include(wagtail_urls)),
]
