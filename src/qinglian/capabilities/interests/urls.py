from __future__ import annotations

from django.urls import path

from qinglian.capabilities.interests import desk, views

app_name = "interests"
urlpatterns = [
    path("ties/", views.mine, name="mine"),
    path("ties/<int:tie>/end/", views.end, name="end"),
    path("desk/merges/propose/", desk.propose, name="propose"),
    path("desk/merges/<int:merge>/", desk.merge, name="merge"),
    path("desk/merges/<int:merge>/undo/", desk.undo, name="undo"),
]
