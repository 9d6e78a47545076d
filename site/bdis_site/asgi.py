"""ASGI entry point of the default host project."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.production")
application = get_asgi_application()
