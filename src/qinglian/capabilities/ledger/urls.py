from __future__ import annotations

from django.urls import path

from qinglian.capabilities.ledger import views

app_name = "ledger"
urlpatterns = [
    path("log/", views.logs, name="logs"),
    path("log/check/", views.check, name="check"),
    path("log/<slug:slug>/", views.entries, name="entries"),
    path("log/<slug:slug>/<int:index>/", views.entry, name="entry"),
]
