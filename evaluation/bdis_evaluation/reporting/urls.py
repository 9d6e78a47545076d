"""Addresses of reports in the space of an initiative, under ``/mon-espace/``."""

from django.urls import URLPattern, URLResolver, path

from bdis_evaluation.reporting import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/evaluation/<int:evaluation_pk>/rapport/", pages.report, name="report"),
    path("<int:pk>/evaluation/<int:evaluation_pk>/rapport.pdf", pages.report_file, name="file"),
]
