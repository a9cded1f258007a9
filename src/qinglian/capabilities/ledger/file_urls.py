"""The files of the logs, at one address in every language: a log's prefix is `/log/<log>` (tlog-tiles)."""

from __future__ import annotations

from django.urls import path

from qinglian.capabilities.ledger import serving

app_name = "tlog"
urlpatterns = [
    path("log/keys.toml", serving.trust, name="trust"),
    path("log/<slug:slug>/checkpoint", serving.checkpoint, name="checkpoint"),
    path("log/<slug:slug>/tile/<path:path>", serving.tile, name="tile"),
    path("log/<slug:slug>/<int:index>/proof", serving.proof, name="proof"),
    path("log/<slug:slug>/<int:index>/record", serving.record, name="record"),
]
