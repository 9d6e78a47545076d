"""WSGI entry point of the default host project."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.production")
application = get_wsgi_application()
