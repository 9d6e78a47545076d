"""WSGI entry point of the default host project."""

import contextlib
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.production")
application = get_wsgi_application()

from django.db import DatabaseError, connection  # noqa: E402

from bdis_cms.gazetteer import gazetteer  # noqa: E402

# A second of work that the first visitor would wait for. A database that is not there yet is no
# reason not to start.
with contextlib.suppress(DatabaseError):
    gazetteer()
connection.close()
