"""Addresses of the space, under ``/mon-espace/``."""

from django.urls import path

from bdis_cms.space import joining, team, views

app_name = "bdis_space"

urlpatterns = [
    path("", views.index, name="index"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("<int:pk>/", views.home, name="home"),
    path("<int:pk>/equipe/", team.team, name="team"),
    path("<int:pk>/equipe/<int:member_pk>/role/", team.change_role, name="member_role"),
    path("<int:pk>/equipe/<int:member_pk>/retirer/", team.remove, name="member_remove"),
    path(
        "<int:pk>/equipe/invitations/<int:invitation_pk>/annuler/",
        team.revoke,
        name="invitation_revoke",
    ),
]
