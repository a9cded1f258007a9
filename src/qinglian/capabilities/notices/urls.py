from __future__ import annotations

from django.urls import path

from qinglian.capabilities.notices import views

app_name = "notices"
urlpatterns = [
    path("desk/notices/", views.mine, name="mine"),
    path("desk/notices/<int:notice>/", views.read, name="read"),
    path("desk/outbox/", views.outbox, name="outbox"),
]
