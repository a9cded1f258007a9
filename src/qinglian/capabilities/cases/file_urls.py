"""What programs fetch, at one address in every language."""

from __future__ import annotations

from django.urls import path

from qinglian.capabilities.cases.views import pinned

app_name = "texts"
urlpatterns = [path("log/texts/<slug:sha>", pinned.text, name="text")]
