"""Addresses of cycles in the space of an initiative, under ``/mon-espace/``."""

from django.urls import path

from bdis_evaluation.cycles.space import comparison, history, rhythm, sharing

urlpatterns = [
    path("<int:pk>/evaluation/comparer/", comparison.comparison, name="compare"),
    path("<int:pk>/evaluation/engagements/", history.history, name="history"),
    path("<int:pk>/evaluation/rythme/", rhythm.rhythm, name="rhythm"),
    path("<int:pk>/evaluation/partage/", sharing.sharing, name="sharing"),
]
