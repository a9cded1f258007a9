from django.apps import AppConfig
from django.core.checks import register

from qinglian.capabilities.access.fencing import OPEN, SHUT, Fenced, by_staff


class AccessConfig(AppConfig):
    name = "qinglian.capabilities.access"
    label = "access"
    fence = Fenced({"access_hold": by_staff(), "access_erasure": OPEN, "access_daysalt": SHUT})

    def ready(self) -> None:
        from qinglian.capabilities.access.checks import every_way_out_has_a_policy

        register(every_way_out_has_a_policy)
