from __future__ import annotations

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from qinglian.capabilities.parties import account_urls
from qinglian.web import views
from qinglian.web.api import api
from qinglian.web.rooms import capabilities

handler400, handler403, handler404, handler429, handler500 = (
    f"qinglian.web.views.{name}" for name in ("bad_request", "forbidden", "not_found", "too_many", "broken")
)
# A case's number stands right below the desk: the desk's other pages are looked for first.
ordered = sorted(capabilities(), key=lambda name: name.endswith(".cases"))
rooms = [path("", include(f"{name}.urls")) for name in ordered if find_spec(f"{name}.urls")]
# What programs fetch has one address, whatever the language.
files = [path("", include(f"{name}.file_urls")) for name in ordered if find_spec(f"{name}.file_urls")]
urlpatterns = [
    *files,
    path("api/v1/", api.urls),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
    *i18n_patterns(
        path("", views.front, name="front"),
        path("api/", views.api_page, name="api-page"),
        *rooms,
        path("", include(account_urls)),
    ),
]
