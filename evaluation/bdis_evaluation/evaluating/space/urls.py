"""Addresses of evaluations in the space of an initiative, under ``/mon-espace/``."""

from django.urls import URLPattern, URLResolver, include, path

from bdis_evaluation.evaluating.space import (
    commitments,
    conflicts,
    ending,
    files,
    overview,
    saving,
    theme,
)

_evaluation: list[URLPattern | URLResolver] = [
    path("", overview.evaluation, name="evaluation"),
    path("theme/<slug:code>/", theme.theme, name="theme"),
    path("reponses/", saving.save, name="save"),
    path("choisir/<slug:key>/", conflicts.choose, name="choose"),
    path("fichiers/", files.upload, name="upload"),
    path("fichiers/<int:file_pk>/", files.download, name="download"),
    path("terminer/", ending.end, name="end"),
    path("abandonner/", ending.give_up, name="give_up"),
    path("imprimer/", overview.paper, name="paper"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/evaluation/", overview.index, name="index"),
    path(
        "<int:pk>/evaluation/engagements/<int:commitment_pk>/",
        commitments.commitment,
        name="commitment",
    ),
    path("<int:pk>/evaluation/<int:evaluation_pk>/", include(_evaluation)),
]
