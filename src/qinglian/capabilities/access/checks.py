"""What must hold before the platform starts: every way out has a policy."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from qinglian.capabilities.access.building import unnamed
from qinglian.capabilities.access.endpoints import endpoints, policies, sources


def every_way_out_has_a_policy(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    known = policies()
    faults: list[CheckMessage] = []
    for each in endpoints():
        if each.policy is None:
            hint = 'Mark the view with @reads("…"), or name it in `views_read` of an apps.py.'
            faults.append(Error(f"the view {each.name} has no policy", hint=hint, id="access.E001"))
        elif each.policy not in known:
            hint = "Name the policy in `reads` of an apps.py."
            message = f"the view {each.name} is read under {each.policy}, which is no policy"
            faults.append(Error(message, hint=hint, id="access.E002"))
    for source in sources():
        if source.policy not in known:
            message = f"the source {source.name} is read under {source.policy}, which is no policy"
            faults.append(Error(message, id="access.E003"))
    for table in unnamed():
        hint = "Say in `fence` of an apps.py which of its rows a read request may see."
        faults.append(
            Error(f"the second fence knows nothing of the table {table}", hint=hint, id="access.E004")
        )
    return faults
