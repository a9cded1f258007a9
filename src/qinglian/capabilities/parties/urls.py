from __future__ import annotations

from django.urls import path

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.parties import desk, views

app_name = "parties"
urlpatterns = [
    path("sign-in/", reads("parties.door")(views.SignIn.as_view()), name="sign-in"),
    path("sign-out/", reads("parties.door")(views.SignOut.as_view()), name="sign-out"),
    path("desk/enterprises/", desk.enterprises, name="enterprises"),
    path("desk/enterprises/<int:enterprise>/", desk.enterprise, name="enterprise"),
    path("desk/merges/", desk.merges, name="merges"),
]
