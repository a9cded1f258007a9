from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.ledger.figures import FIGURES, TABLES


class LedgerConfig(AppConfig):
    name = "qinglian.capabilities.ledger"
    label = "ledger"
    figures, tables = FIGURES, TABLES
    # What the log holds openly is for everybody; its hidden values: cases.apps.
    fence = {f"ledger_{n}": "open" for n in "tree entry tile checkpoint cosigner sequencerlease".split()}
    doors = [(70, "ledger:logs", _("Check"))]
    views_read = {
        **{f"ledger:{name}": "web.public" for name in "logs check entries entry".split()},
        **{f"tlog:{name}": "web.public" for name in "trust checkpoint tile proof record".split()},
    }
    diagnoses = ["qinglian.capabilities.ledger.diagnosing.diagnose"]
    gauges = ["qinglian.capabilities.ledger.diagnosing.gauges"]
    jobs = ["qinglian.capabilities.ledger.actions.sequence"]
    waits = {
        "qinglian.capabilities.ledger.actions.sequence": "qinglian.capabilities.ledger.sequencing.unnumbered"
    }
    compares = ["qinglian.capabilities.ledger.comparing.differences"]
    invariants = ["qinglian.capabilities.ledger.invariants.invariants"]
    events = {
        "ledger.opened": {
            "log": ("public", "restricted"),
            "what": _("A log was opened"),
            "open": ("origin", "keys", "before"),
            "hidden": (),
        },
        "ledger.anchored": {
            "log": "public",
            "what": _("The head of the restricted log"),
            "open": ("origin", "size", "root"),
            "hidden": (),
        },
        "ledger.pack_in_force": {
            "log": "public",
            "what": _("A zone pack came into force"),
            "open": ("zone", "sha", "files"),
            "hidden": (),
        },
        "ledger.erased": {
            "log": "restricted",
            "what": _("Values of an entry were erased"),
            "open": ("leaf", "fields"),
            "hidden": ("reason",),
        },
        "ledger.moved": {
            "log": "public",
            "what": _("The platform moved to another kind of database"),
            "open": ("to", "tables", "rows"),
            "hidden": (),
        },
        "ledger.restored": {
            "log": "public",
            "what": _("A backup was restored"),
            "open": ("how", "backup", "sizes"),
            "hidden": (),
        },
    }
