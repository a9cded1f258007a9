from __future__ import annotations

from django.urls import path

from qinglian.capabilities.oversight import views

app_name = "oversight"
urlpatterns = [
    path("measures/", views.measures, name="measures"),
    path("measures/<str:measure_id>/", views.measure, name="measure"),
]
