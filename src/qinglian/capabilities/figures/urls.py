from __future__ import annotations

from django.urls import path

from qinglian.capabilities.figures import views

app_name = "figures"
urlpatterns = [
    path("figures/", views.listed, name="list"),
    path("figures/<str:figure_id>/", views.figure, name="figure"),
    path("figures/<str:figure_id>/figure.<str:form>", views.figure_file, name="figure-file"),
    path("data/", views.data, name="data"),
    path("data/dictionary/", views.dictionary, name="dictionary"),
    path("data/rows/<str:sha>.csv", views.batch_file, name="batch-file"),
    path("data/<str:table_id>.<str:form>", views.table_file, name="table-file"),
]
