from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qinglian.web.settings")
application = get_wsgi_application()

from qinglian.web.demonstration.leaving import refuse_carried_over  # noqa: E402  after Django is set up

refuse_carried_over()
