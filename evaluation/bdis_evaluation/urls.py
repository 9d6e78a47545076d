"""Addresses of the charter and of evaluations; ``bdis_search.urls`` includes them."""

from django.urls import include, path

from bdis_evaluation.charter.urls import public_urls as charter_urls
from bdis_evaluation.charter.urls import space_urls as charter_space_urls
from bdis_evaluation.coevaluating.urls import urlpatterns as coevaluating_urls
from bdis_evaluation.cycles.space.urls import urlpatterns as cycles_urls
from bdis_evaluation.evaluating.space.urls import urlpatterns as evaluating_urls
from bdis_evaluation.reporting.urls import urlpatterns as reporting_urls

urlpatterns = [
    path("charte/", include((charter_urls, "bdis_charter"))),
    path("mon-espace/", include((charter_space_urls, "bdis_charter_space"))),
    path("mon-espace/", include((evaluating_urls, "bdis_evaluation_space"))),
    path("mon-espace/", include((cycles_urls, "bdis_cycles_space"))),
    path("mon-espace/", include((reporting_urls, "bdis_report"))),
    *coevaluating_urls,
]
