from django.apps import AppConfig

from qinglian.capabilities.access.policies import account, public


class InterfacesConfig(AppConfig):
    name = "qinglian.capabilities.interfaces"
    label = "interfaces"
    reads = {"interfaces.own": account(), "interfaces.public": public()}
    views_read = dict.fromkeys(
        (
            "api:openapi-json",
            "api:api-root",
            "api:log",
            "api:log-entry",
            "api:figures",
            "api:figure",
            "api:tables",
        ),
        "interfaces.public",
    )
    diagnoses = ["qinglian.capabilities.interfaces.diagnosing.diagnose"]
    jobs = [
        "qinglian.capabilities.interfaces.following.tell_of_figures",
        "qinglian.capabilities.interfaces.delivering.send_due",
        "qinglian.capabilities.interfaces.actions.forget",
    ]
    waits = {
        "qinglian.capabilities.interfaces.delivering.send_due":
            "qinglian.capabilities.interfaces.delivering.due_hooks"
    }  # fmt: skip
