from __future__ import annotations

import os

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.notices import rehearsal
from qinglian.capabilities.notices.figures import FIGURES, TABLES


class NoticesConfig(AppConfig):
    name = "qinglian.capabilities.notices"
    label = "notices"
    figures, tables = FIGURES, TABLES
    fence = {  # for the reader alone, or for a unit of the reader's; letters for whoever is told of trouble
        "notices_notice": "person_id::text = current_setting('qinglian.person', true)"
        " OR ((SELECT NULLIF(current_setting('qinglian.sees', true), '')::jsonb) ? unit_id)"
        " OR (email <> '' AND current_setting('qinglian.alarmed', true) = 'yes')",
        "notices_leaserow": "open",
    }
    sensitive = ["notices:outbox"]  # sending again needs a fresh second factor
    views_read = {"notices:mine": "web.staff", "notices:read": "web.staff", "notices:outbox": "web.alarms"}
    desk_doors = [(20, "notices:mine", _("Notices"))]
    counts = {"notices:mine": "qinglian.capabilities.notices.queries.unread"}
    alarms = {"qinglian.capabilities.notices.queries.troubled": "qinglian.capabilities.notices.queries.alarm"}
    diagnoses = ["qinglian.capabilities.notices.diagnosing.diagnose"]
    gauges = ["qinglian.capabilities.notices.diagnosing.gauges"]
    jobs = ["qinglian.capabilities.notices.outbox.send_due"]
    waits = {
        "qinglian.capabilities.notices.outbox.send_due": "qinglian.capabilities.notices.outbox.due_letters"
    }

    def ready(self) -> None:
        rehearsal.arm(os.environ.get("QINGLIAN_CRASH", ""))
