from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.policies import (
    account,
    holder_of_code,
    in_room,
    public,
    role,
    sender_of_code,
    staff_in_unit,
)
from qinglian.capabilities.cases.figures import FIGURES, TABLES


class CasesConfig(AppConfig):
    name = "qinglian.capabilities.cases"
    label = "cases"
    fence = "qinglian.capabilities.cases.fenced.FENCE"
    reads = {
        "cases.public": public(),  # what a case needs before there is one; drafts are known by their cookie
        "cases.own": account(),  # which cases: holding.own_cases
        "cases.tracked": holder_of_code(otherwise="cases:track"),
        "cases.desk": staff_in_unit(),
        "cases.held": staff_in_unit(),
        "cases.holds": role("head"),  # of which cases: sight.in_sight
        "cases.room": in_room(),
        "cases.sent": sender_of_code(),
    }
    views_read = {
        **dict.fromkeys(("api:matters", "api:matter", "api:answers", "api:answer"), "cases.public"),
        **dict.fromkeys(("api:services", "api:requests", "api:request"), "cases.public"),
        "api:lodge": "cases.public",  # the key is asked for by the operation itself
        "api:case": "cases.sent",
    }
    doors = [
        (10, "cases:matters", _("Services")),
        (12, "cases:channels", _("Rooms")),
        (15, "cases:track", _("Track")),
        (20, "cases:answers", _("Answers")),
        (60, "cases:calendars", _("Calendars")),
    ]
    diagnoses = [
        "qinglian.capabilities.cases.diagnosing.diagnose",
        "qinglian.capabilities.cases.diagnosing.diagnose_matters",
    ]
    gauges = ["qinglian.capabilities.cases.diagnosing.gauges"]
    jobs = [
        "qinglian.capabilities.cases.rungs.fire_due",
        "qinglian.capabilities.cases.retention.erase_due",
        "qinglian.capabilities.cases.actions.withdraw_outdated",
        "qinglian.capabilities.cases.pacing.keep_paces",
    ]
    waits = {"qinglian.capabilities.cases.rungs.fire_due": "qinglian.capabilities.cases.rungs.due_rungs"}
    alarms = {
        "qinglian.capabilities.cases.rungs.late": "qinglian.capabilities.cases.rungs.alarm",
        "qinglian.capabilities.cases.channels.attended": "qinglian.capabilities.cases.channels.alarm",
    }
    rooms_behind = {"cases:mine": "cases:track"}
    desk_doors = [(10, "cases:desk", _("Desk")), (15, "cases:desk-channels", _("On duty"))]
    compares = [
        "qinglian.capabilities.cases.comparing.differences",
        "qinglian.capabilities.cases.holds.differences",
    ]
    invariants = ["qinglian.capabilities.cases.invariants.invariants"]
    figures, tables = FIGURES, TABLES
    events = {
        "cases.event": {
            "log": "restricted",
            "what": _("Something happened in a case"),
            "open": (),
            "hidden": ("number", "seq", "action", "from_state", "to_state", "actor", "person", "data"),
        },
        "cases.lodged": {
            "log": "restricted",
            "what": _("A case was lodged"),
            "open": (),
            "hidden": ("number", "actor", "matter", "matter_sha", "answers"),
        },
        "cases.noted": {
            "log": "restricted",
            "what": _("Somebody of the staff wrote a note on a case"),
            "open": (),
            "hidden": ("number", "note", "person", "sha"),
        },
        "cases.concerns": {
            "log": "restricted",
            "what": _("It was said whom a complaint is about"),
            "open": (),
            "hidden": ("number", "units", "people", "said_by", "person"),
        },
        "cases.contribution": {
            "log": "restricted",
            "what": _("Another unit was asked to contribute, has done so, or was not waited for"),
            "open": (),
            "hidden": ("number", "contribution", "unit", "what", "person"),
        },
        "cases.letter": {
            "log": "restricted",
            "what": _("A letter was issued"),
            "open": (),
            "hidden": ("number", "place", "event", "sha"),
        },
        "cases.linked": {
            "log": "restricted",
            "what": _("Two cases were linked"),
            "open": (),
            "hidden": ("number", "other", "relation", "sha", "person"),
        },
        "cases.answer_published": {
            "log": "public",
            "what": _("An answer was made public"),
            "open": ("number", "matter", "sha", "replaces"),
            "hidden": ("drafted_by", "decided_by"),
        },
        "cases.answer_withdrawn": {
            "log": "public",
            "what": _("A public answer was withdrawn"),
            "open": ("number", "ground"),
            "hidden": ("person",),
        },
        "cases.asked_in_channel": {
            "log": "public",
            "what": _("A question was asked in a room"),
            "open": ("channel", "number"),
            "hidden": ("sha",),
        },
        "cases.question_hidden": {
            "log": "public",
            "what": _("A question was taken out of a room"),
            "open": ("channel", "number", "ground"),
            "hidden": ("person",),
        },
        "cases.duty_named": {
            "log": "restricted",
            "what": _("Somebody was named to be on duty in a room"),
            "open": (),
            "hidden": ("channel", "person", "since", "until", "named_by"),
        },
        "cases.channel_code": {
            "log": "restricted",
            "what": _("A new code of a room was made"),
            "open": (),
            "hidden": ("channel", "person"),
        },
        "cases.hold_placed": {
            "log": "restricted",
            "what": _("Something is kept from being erased until a day"),
            "open": (),
            "hidden": ("hold", "kind", "object", "basis", "until", "person"),
        },
        "cases.hold_lifted": {
            "log": "restricted",
            "what": _("What was kept from being erased is kept no longer"),
            "open": (),
            "hidden": ("hold", "person"),
        },
        "cases.matter_opened": {
            "log": "public",
            "what": _("Cases were opened under a version of a matter"),
            "open": ("matter", "version", "sha", "files"),
            "hidden": (),
        },
        "cases.calendar_published": {
            "log": "public",
            "what": _("A calendar came into force"),
            "open": ("calendar", "sha", "moved"),
            "hidden": (),
        },
    }
