from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.fencing import OPEN, SHUT, Fenced
from qinglian.capabilities.access.policies import public


class FiguresConfig(AppConfig):
    name = "qinglian.capabilities.figures"
    label = "figures"
    reads = {"figures.public": public()}
    fence = Fenced(
        {
            **{f"figures_{name}": OPEN for name in "batch snapshot edition result".split()},
            "figures_waiting": SHUT,
        }
    )
    doors = [(30, "figures:list", _("Figures"))]
    rooms_behind = {"figures:data": "figures:list"}
    jobs = ["qinglian.capabilities.figures.actions.compute_due"]
    long_jobs = jobs  # minutes, where there are many cases: no clock and no entry waits for it
    invariants = ["qinglian.capabilities.figures.invariants.invariants"]
    events = {
        "figures.published": {
            "log": "public",
            "what": _("Figures and tables were published"),
            "open": ("as_of", "through", "manifest"),
            "hidden": ("attested",),
        },
        "figures.corrected": {
            "log": "public",
            "what": _("Published rows were corrected"),
            "open": ("table", "through", "before", "after"),
            "hidden": ("reason",),
        },
    }

    def ready(self) -> None:
        from qinglian.capabilities.figures.declared import every_declaration_holds

        register(every_declaration_holds)
