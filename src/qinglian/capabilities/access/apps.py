from django.apps import AppConfig
from django.core.checks import register


class AccessConfig(AppConfig):
    name = "qinglian.capabilities.access"
    label = "access"

    def ready(self) -> None:
        from qinglian.capabilities.access.checks import every_way_out_has_a_policy

        register(every_way_out_has_a_policy)
