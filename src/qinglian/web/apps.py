from django.apps import AppConfig

from qinglian.capabilities.access.policies import public, role, staff


class WebConfig(AppConfig):
    name = "qinglian.web"
    reads = {"web.public": public(), "web.staff": staff(), "web.alarms": role("supervisor")}
