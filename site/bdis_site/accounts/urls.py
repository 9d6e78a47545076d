"""The pages of allauth that exist here: those that have our look, and no other."""

from allauth.account import views
from django.urls import path, re_path

from bdis_cms.space.access import private_page

urlpatterns = [
    path("connexion/", private_page(views.login), name="account_login"),
    path(
        "connexion/code/", private_page(views.request_login_code), name="account_request_login_code"
    ),
    path(
        "connexion/code/saisie/",
        private_page(views.confirm_login_code),
        name="account_confirm_login_code",
    ),
    path("compte/", private_page(views.signup), name="account_signup"),
    path("compte/ferme/", private_page(views.account_inactive), name="account_inactive"),
    path("mot-de-passe/", private_page(views.password_reset), name="account_reset_password"),
    path(
        "mot-de-passe/envoye/",
        private_page(views.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        private_page(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/change/",
        private_page(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
