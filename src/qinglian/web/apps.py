from datetime import date

from django.apps import AppConfig

from qinglian.capabilities.access.fencing import ALARMED, OPEN, SHUT, Fenced, Told
from qinglian.capabilities.access.policies import Reader, public, role, staff

TOLD_OF_TROUBLE = "supervisor"  # the role that is told when the platform itself is in trouble


def is_alarmed(reader: Reader, _on: date) -> Told:
    held = any(TOLD_OF_TROUBLE in roles for roles in reader.roles.values())
    return ("%s::text", ["yes"]) if held else None


class WebConfig(AppConfig):
    name = "qinglian.web"
    jobs = ["qinglian.web.statistics.keep_statistics"]
    reads = {"web.public": public(), "web.staff": staff(), "web.alarms": role(TOLD_OF_TROUBLE)}
    fence = Fenced(  # accounts and sessions are read before the fence goes up
        {
            **dict.fromkeys(("auth_user", "auth_group", "auth_permission", "auth_group_permissions"), SHUT),
            **dict.fromkeys(("auth_user_groups", "auth_user_user_permissions", "django_session"), SHUT),
            "django_content_type": OPEN,
            "web_demonstration": OPEN,
        },
        facts={ALARMED: is_alarmed},
    )
