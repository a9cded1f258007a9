from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.fencing import OPEN, SEES, SHUT, USER, Fenced, by_staff, is_the
from qinglian.capabilities.access.policies import enrolling, public, role, staff_in_unit
from qinglian.capabilities.parties.figures import TABLES
from qinglian.capabilities.parties.levels_told import sees


class PartiesConfig(AppConfig):
    name = "qinglian.capabilities.parties"
    label = "parties"
    tables = TABLES
    jobs = [
        "qinglian.capabilities.parties.accounts.forget_attempts",
        "qinglian.capabilities.parties.retaining.erase_due",
    ]
    reads = {
        "parties.door": public(),  # signing in and out
        "parties.enrol": enrolling(),  # second factors and sessions of the own account
        "parties.enterprises": staff_in_unit(),  # which rows: directory.in_sight
        "parties.speakers": role("clerk", "head"),  # recording and ending who may speak for one of these
    }
    unfenced = ["parties.door", "parties.enrol"]  # passwords, factors, sessions: shut to every read request
    fence = Fenced(
        {
            **dict.fromkeys(("parties_unit", "parties_person", "parties_post"), OPEN),
            **dict.fromkeys(("parties_enterprise", "parties_enterprisename", "parties_identifier"), OPEN),
            **dict.fromkeys(("parties_mention", "parties_standingmark", "parties_registerimport"), OPEN),
            "parties_account": is_the(USER, "user_id"),
            "parties_representative": f"{is_the(USER, 'user_id')} OR {by_staff()}",
            "parties_mergeproposal": by_staff(),
            **dict.fromkeys(("account_emailaddress", "account_emailconfirmation", "mfa_authenticator"), SHUT),
            **dict.fromkeys(("usersessions_usersession", "axes_accessattempt", "axes_accesslog"), SHUT),
            **dict.fromkeys(("axes_accessfailurelog", "axes_accessattemptexpiration"), SHUT),
        },
        facts={SEES: sees},
    )
    desk_doors = [(30, "parties:enterprises", _("Enterprises"))]
    rooms_behind = {"parties:merges": "parties:enterprises"}  # reached through that door
    compares = ["qinglian.capabilities.parties.comparing.differences"]
    events = {
        "parties.appointed": {
            "log": "restricted",
            "what": _("Somebody was given a post"),
            "open": (),
            "hidden": ("person", "unit", "role", "since"),
        },
        "parties.post_ended": {
            "log": "restricted",
            "what": _("It was said until when a post is held"),
            "open": (),
            "hidden": ("person", "unit", "role", "since", "until"),
        },
        "parties.account_set_back": {
            "log": "restricted",
            "what": _("The ways to sign in of an account were set back"),
            "open": (),
            "hidden": ("person",),
        },
        "parties.units_kept": {
            "log": "public",
            "what": _("The units of the zone changed"),
            "open": ("units", "retired"),
            "hidden": (),
        },
        "parties.merge_decided": {
            "log": "restricted",
            "what": _("It was decided whether two enterprises are one"),
            "open": (),
            "hidden": ("proposal", "keep", "drop", "undoes", "outcome", "proposed_by", "decided_by"),
        },
        "parties.representative_named": {
            "log": "restricted",
            "what": _("It was recorded who may speak for an enterprise"),
            "open": (),
            "hidden": (
                "representative",
                "enterprise",
                "proof",
                "document",
                "basis",
                "since",
                "until",
                "by",
            ),
        },
        "parties.representation_ended": {
            "log": "restricted",
            "what": _("It was said until when somebody may speak for an enterprise"),
            "open": (),
            "hidden": ("representative", "enterprise", "until", "at_once", "by"),
        },
        "parties.register_imported": {
            "log": "restricted",
            "what": _("A register of enterprises was read in"),
            "open": (),
            "hidden": ("source", "sha", "rows", "made", "changed", "rejected"),
        },
        "parties.standing_posted": {
            "log": "restricted",
            "what": _("A mark about an organisation was posted"),
            "open": (),
            "hidden": ("enterprise", "kind", "as_of", "until", "lifted", "basis", "event"),
        },
    }
