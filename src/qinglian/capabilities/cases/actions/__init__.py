"""The desk's verbs on cases, each family in a room of its own; from outside they are asked for here."""

from qinglian.capabilities.cases.actions.acting import act_on_case, deem
from qinglian.capabilities.cases.actions.actors import APPLICANT, SYSTEM, Actor, Stale
from qinglian.capabilities.cases.actions.agreeing import answer_proposal
from qinglian.capabilities.cases.actions.assigning import assign_case
from qinglian.capabilities.cases.actions.attaching import add_files, add_to_case, remove_file, take_back
from qinglian.capabilities.cases.actions.channels import (
    come_in,
    go_out,
    hide_question,
    make_channel_code,
    name_duty,
    send_out,
)
from qinglian.capabilities.cases.actions.clocks import arm_clocks, extend_clock, publish_calendar
from qinglian.capabilities.cases.actions.contributions import contribute, go_on_without
from qinglian.capabilities.cases.actions.drafts import (
    ask_about,
    begin_draft,
    choose_room,
    hash_secret,
    keep_answers,
)
from qinglian.capabilities.cases.actions.lodging import Lodged, lodge_case, lodge_draft
from qinglian.capabilities.cases.actions.publishing import (
    decide_answer,
    draft_answer,
    withdraw_answer,
    withdraw_outdated,
)
from qinglian.capabilities.cases.indexing import lay_terms, rebuild_search
from qinglian.capabilities.cases.rules import code_from

__all__ = [
    "APPLICANT",
    "SYSTEM",
    "Actor",
    "Lodged",
    "Stale",
    "act_on_case",
    "add_files",
    "add_to_case",
    "answer_proposal",
    "arm_clocks",
    "ask_about",
    "assign_case",
    "begin_draft",
    "choose_room",
    "code_from",
    "come_in",
    "contribute",
    "decide_answer",
    "deem",
    "draft_answer",
    "extend_clock",
    "go_on_without",
    "go_out",
    "hash_secret",
    "hide_question",
    "keep_answers",
    "lay_terms",
    "lodge_case",
    "lodge_draft",
    "make_channel_code",
    "name_duty",
    "publish_calendar",
    "rebuild_search",
    "remove_file",
    "send_out",
    "take_back",
    "withdraw_answer",
    "withdraw_outdated",
]
