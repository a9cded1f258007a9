from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.policies import public
from qinglian.capabilities.oversight.figures import FIGURES, TABLES


class OversightConfig(AppConfig):
    name = "qinglian.capabilities.oversight"
    label = "oversight"
    figures, tables = FIGURES, TABLES
    reads = {"oversight.public": public()}
    doors = [(20, "oversight:measures", _("Measures"))]
