from __future__ import annotations

from django.urls import path

from qinglian.capabilities.interfaces import views

app_name = "interfaces"
urlpatterns = [
    path("account/interfaces/", views.mine, name="mine"),
    path("account/interfaces/keys/", views.new_key, name="new-key"),
    path("account/interfaces/keys/<str:ident>/end/", views.end_key, name="end-key"),
    path("account/interfaces/hooks/", views.new_hook, name="new-hook"),
    path("account/interfaces/hooks/<int:hook>/end/", views.end_hook, name="end-hook"),
    path("account/interfaces/hooks/<int:hook>/again/", views.set_going, name="set-going"),
    path("account/interfaces/hooks/<int:hook>/try/", views.try_hook, name="try-hook"),
    path("account/interfaces/hooks/<int:hook>/secret/", views.hook_secret, name="hook-secret"),
]
