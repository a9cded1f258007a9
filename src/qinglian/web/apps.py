from django.apps import AppConfig

from qinglian.capabilities.access.policies import public, role, staff


class WebConfig(AppConfig):
    name = "qinglian.web"
    jobs = ["qinglian.web.statistics.keep_statistics"]
    reads = {"web.public": public(), "web.staff": staff(), "web.alarms": role("supervisor")}
