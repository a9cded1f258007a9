"""What the server counts about itself: requests by view, never by path, and never who asked.

The counts of all processes of the server come together by files in `QINGLIAN_DATA/metrics`
(prometheus_client's own way), emptied when the server starts.
"""

from __future__ import annotations

import hmac
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as the library reads it
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_log = logging.getLogger("qinglian.requests")
_own = CollectorRegistry()
REQUESTS = Counter("qinglian_requests", "Answered requests", ["view", "method", "status"], registry=_own)
SECONDS = Histogram("qinglian_request_seconds", "Time to answer", ["view"], registry=_own, buckets=BUCKETS)


def prepare_folder(data: Path) -> None:
    """Call it in the master, before any process of the server starts."""
    folder = data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)


def forget_process(pid: int) -> None:
    if os.environ.get(FOLDER):
        mark_process_dead(pid)


class Measured:
    """The outermost middleware: every answer is counted, those of errors too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        match = getattr(request, "resolver_match", None)
        view = (match.view_name or "unnamed") if match is not None else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        SECONDS.labels(view).observe(took)
        said = {"view": view, "method": method, "status": response.status_code, "ms": round(took * 1000, 1)}
        _log.info("request", extra={"said": said})
        return response


class Gauges:
    """Counts that capabilities name in their apps.py (`gauges`): name → (what it is, how many)."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for config in apps.get_app_configs():
            for name in getattr(config, "gauges", []):
                for key, (what, n) in import_string(name)(timezone.now()).items():
                    yield GaugeMetricFamily(f"qinglian_{key}", what, value=n)


def exposition() -> bytes:
    """All counts in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)
    registry.register(Gauges())  # type: ignore[arg-type]
    text: bytes = generate_latest(registry)
    return text if os.environ.get(FOLDER) else text + generate_latest(_own)


def may_measure(request: HttpRequest) -> bool:
    """Whoever sends the token of QINGLIAN_METRICS_TOKEN; without one, nobody."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
