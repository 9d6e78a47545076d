from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save, pre_save
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class BdisSiteConfig(AppConfig):
    name = "bdis_site"
    label = "bdis_site"
    default = True
    verbose_name = _("BDIS site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth import get_user_model

        from bdis_site.accounts import addresses

        user = get_user_model()
        pre_save.connect(addresses.lower_address, sender=user)
        post_save.connect(addresses.forget_former_addresses, sender=user)
        post_migrate.connect(addresses.lower_addresses, sender=self)


class AccountsConfig(WagtailUsersAppConfig):
    """Wagtail's accounts in the admin, with our forms."""

    default = False
    user_viewset = "bdis_site.accounts.admin_users.AccountViewSet"
