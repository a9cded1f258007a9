from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.policies import public


class FiguresConfig(AppConfig):
    name = "qinglian.capabilities.figures"
    label = "figures"
    reads = {"figures.public": public()}
    doors = [(30, "figures:list", _("Figures"))]
    jobs = ["qinglian.capabilities.figures.actions.compute_due"]
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
