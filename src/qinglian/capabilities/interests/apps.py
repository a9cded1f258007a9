from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.fencing import PERSON, Fenced, is_the
from qinglian.capabilities.access.policies import staff


class InterestsConfig(AppConfig):
    name = "qinglian.capabilities.interests"
    label = "interests"
    reads = {"interests.mine": staff()}  # the view looks no further than the person who asks
    fence = Fenced(
        {
            "interests_declaredtie": is_the(PERSON, "person_id"),
            "interests_conflictcheck": is_the(PERSON, "person_id"),
        }
    )
    desk_doors = [(40, "interests:mine", _("My ties"))]
    events = {
        "interests.checked": {
            "log": "restricted",
            "what": _("It was asked whether somebody may handle something"),
            "open": (),
            "hidden": ("check", "person", "enterprises", "people", "units", "outcome"),
        },
    }
