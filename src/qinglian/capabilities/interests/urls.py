from __future__ import annotations

from django.urls import path

from qinglian.capabilities.interests import desk, speaking_desk, views

app_name = "interests"
urlpatterns = [
    path("ties/", views.mine, name="mine"),
    path("ties/<int:tie>/end/", views.end, name="end"),
    path("desk/enterprises/<int:enterprise>/representatives/record/", speaking_desk.record, name="speaker"),
    path(
        "desk/enterprises/<int:enterprise>/representatives/<int:representative>/end/",
        speaking_desk.end,
        name="speaker-end",
    ),
    path(
        "desk/enterprises/<int:enterprise>/representatives/<int:representative>/proof/",
        speaking_desk.proof,
        name="speaker-proof",
    ),
    path("desk/merges/propose/", desk.propose, name="propose"),
    path("desk/merges/<int:merge>/", desk.merge, name="merge"),
    path("desk/merges/<int:merge>/undo/", desk.undo, name="undo"),
]
