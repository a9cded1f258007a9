from django.apps import AppConfig

from qinglian.capabilities.access.fencing import SHUT, USER, Fenced, is_the
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
    fence = Fenced(
        {
            "interfaces_key": is_the(USER, "user_id"),
            "interfaces_keyuse": SHUT,
            "interfaces_hook": is_the(USER, "user_id"),
            "interfaces_delivery": "EXISTS (SELECT 1 FROM interfaces_hook hook WHERE hook.id = hook_id)",
        }
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
