"""Addresses of the space, under ``/mon-espace/``."""

from django.urls import path

from bdis_cms.space import views

app_name = "bdis_space"

urlpatterns = [
    path("", views.index, name="index"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("<int:pk>/", views.home, name="home"),
]
