"""`matters/*.toml`: the form of a matter, and how its parts are built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qinglian.engines.clock import Budget
from qinglian.engines.tables import Guard
from qinglian.faults import noop as _
from qinglian.zone.forms import (
    BAD,
    ID,
    NAME,
    Choices,
    Line,
    Many,
    Maybe,
    OneOf,
    Record,
    Said,
    Whole,
    YesNo,
)
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.matter import (
    KINDS,
    NEEDS,
    PUBLIC,
    STAGES,
    TURNS,
    Action,
    Basis,
    ClockRule,
    Decision,
    Extend,
    Rung,
    Silence,
    State,
)
from qinglian.zone.sections import handling
from qinglian.zone.sections.bases import BASIS, basis_of
from qinglian.zone.sections.fields import STEP
from qinglian.zone.sections.parsing import parsed
from qinglian.zone.sections.safeguards import COMPLAINT, FACT, RELATED, RISK

_NAMED = Line(ID, "service-centre", most=60)
_KEY = Line(NAME, "place_of_origin", most=60)
_BUDGET = Line(like="5wd", most=40)
_GUARD = Line(most=1000)
_MOMENT = Line(f"(enter|leave):{ID}", "enter:handling", most=80)
STATE = Record(
    {
        "id": _NAMED,
        "title": Said(most=200),
        "stage": OneOf(STAGES),
        "turn": OneOf(TURNS),
        "initial": Maybe(YesNo(), False),
        "terminal": Maybe(YesNo(), False),
    }
)
ACTION = Record(
    {
        "id": _NAMED,
        "title": Said(most=200),
        "from": Many(_NAMED, least=1, most=50),
        "to": Maybe(_NAMED),
        "decision": Maybe(Line(r"decisions/[A-Za-z0-9_-]+\.csv", "decisions/routing.csv", most=120)),
        "outcomes": Maybe(Choices(_NAMED, r"[A-Za-z][A-Za-z0-9_-]*", "confirm"), {}),
        "by": Many(_NAMED, least=1, most=20),
        "needs": Maybe(Many(OneOf(NEEDS)), ()),
        "limit": Maybe(Whole(1, 100)),
        "guard": Maybe(_GUARD),
        "sensitivity": Maybe(_NAMED),
        **handling.SLOTS,
    }
)
EXTEND = Record({"by": _NAMED, "add": _BUDGET, "times": Whole(1, 20), "needs": Maybe(Many(OneOf(NEEDS)), ())})
RUNG = Record({"at": _BUDGET, "do": Line(f"(remind|escalate):{ID}", "remind:clerk", most=80)})
SILENCE = Record({"do": Line(f"action:{ID}", "action:close", most=80)})
DEEM = Record({"do": Line(f"action:{ID}", "action:accept", most=80), "basis": BASIS})
CLOCK = Record(
    {
        "id": _NAMED,
        "title": Said(most=200),
        "starts": Line(f"enter:{ID}", "enter:handling", most=80),
        "stops": Many(_MOMENT, least=1, most=50),
        "pause_in": Maybe(Many(_NAMED, most=50), ()),
        "budget": _BUDGET,
        "calendar": Maybe(Line(r"[A-Z][A-Za-z0-9-]*", "HK", most=20)),
        "extend": Maybe(EXTEND),
        "ladder": Maybe(Many(RUNG, most=20, by=None), ()),
        "basis": BASIS,
        "silence": Maybe(SILENCE),
        "deem": Maybe(DEEM),
    }
)
FORM = Record(
    {
        "v": OneOf(("matter/1",)),
        "id": _NAMED,
        "version": Line(r"\d{4}\.\d{1,3}", "2026.1", most=10),
        "kind": OneOf(KINDS),
        "calendar": Line(r"[A-Z][A-Za-z0-9-]*", "CN", most=20),
        "prefix": Line(r"[A-Z]{2,4}", "ZX", most=4),
        "number": Line(
            r"\{prefix\}-(\{yyyy\}-)?\{seq:0[4-9]\}-\{check\}", "{prefix}-{yyyy}-{seq:06}-{check}", most=60
        ),
        "title": Said(most=200),
        "summary": Said(most=500),
        "unit": _NAMED,
        "sensitivity": Maybe(_NAMED, ""),  # only what was pinned before there were levels has none
        "content_sensitivity": Maybe(_NAMED, ""),
        "public": Many(OneOf(PUBLIC), least=1),
        "roles": Many(_NAMED, least=1, most=20),
        "assign_by": Maybe(Many(_NAMED, most=20), ()),
        "lookups": Maybe(Many(_KEY, most=50), ()),
        "fact": Maybe(Many(FACT, most=50, by="key"), ()),
        "routing": Maybe(Line(r"decisions/[A-Za-z0-9_-]+\.csv", "decisions/routing.csv", most=120)),
        "related": Maybe(Many(RELATED, most=20, by="matter"), ()),
        "related_by": Maybe(_KEY, ""),
        "otherwise": Maybe(Many(_NAMED, most=10), ()),
        "complaint": Maybe(COMPLAINT),
        "risk": Maybe(Many(RISK, most=50, by="id"), ()),
        "guide": Maybe(Line(r"texts/[A-Za-z0-9_-]+", "texts/consultation", most=120)),
        "basis": Many(BASIS, least=1, most=20, by=None),
        "step": Many(STEP, least=1, most=20, by="id"),
        "state": Many(STATE, least=2, most=60, by="id"),
        "action": Many(ACTION, least=1, most=100, by="id"),
        "clock": Maybe(Many(CLOCK, most=30, by="id"), ()),
    }
)


def state_of(row: Mapping[str, Any]) -> State:
    return State(row["id"], row["title"], row["stage"], row["turn"], row["initial"], row["terminal"])


def action_of(
    row: Mapping[str, Any],
    decision: Decision | None,
    content: str,
    texts: Mapping[str, str],
    gather: Gather,
) -> Action:
    path: Path = row["@"]
    if (row["to"] is None) == (row["decision"] is None):
        gather.add(
            _("an action has either `to`, a state, or `decision`, a table; write one of the two"), path
        )
    if row["decision"] is None and row["outcomes"]:
        gather.add(_("outcomes belong to a decision; add decision or remove them"), (*path, "outcomes"))
    return Action(
        row["id"], row["title"], row["from"], row["to"] or "", row["by"], row["needs"], row["limit"],
        parsed(row["guard"], Guard.parse, (*path, "guard"), gather), decision,
        row["sensitivity"] or content, **handling.binding_of(row, texts, gather),
    )  # fmt: skip


def clock_of(row: Mapping[str, Any], gather: Gather) -> ClockRule:
    path: Path = row["@"]
    budget: Any = parsed(row["budget"], Budget.parse, (*path, "budget"), gather)
    return ClockRule(
        id=row["id"], title=row["title"], starts=row["starts"], stops=row["stops"], pause_in=row["pause_in"],
        budget=budget, calendar=row["calendar"], extend=_extend(row["extend"], budget, gather),
        ladder=_ladder(row["ladder"], budget, gather),
        basis=basis_of(row["basis"], gather) if row["basis"] else Basis(BAD, row["title"], "", None),
        silence=_silence(row, gather),
    )  # fmt: skip


def _silence(row: Mapping[str, Any], gather: Gather) -> Silence | None:
    if row["deem"]:
        basis = row["deem"]["basis"]
        return Silence(row["deem"]["do"], basis_of(basis, gather) if basis else None)
    return Silence(row["silence"]["do"]) if row["silence"] else None


def _extend(row: Mapping[str, Any] | None, budget: Budget | None, gather: Gather) -> Extend | None:
    if row is None:
        return None
    path: Path = row["@"]
    add: Any = parsed(row["add"], Budget.parse, (*path, "add"), gather)
    if add and budget:
        parsed(add, budget.plus, (*path, "add"), gather)
    if "reason" not in row["needs"]:
        gather.add(_('an extension is told with its reason; write needs = ["reason"]'), (*path, "needs"))
    return Extend(row["by"], add, row["times"], row["needs"])


def _ladder(rows: tuple[Mapping[str, Any], ...], budget: Budget | None, gather: Gather) -> tuple[Rung, ...]:
    rungs: list[Rung] = []
    for row in rows:
        rung = _rung(row, gather)
        if rung is None:
            continue
        path = (*row["@"], "at")
        if rung in rungs:
            gather.add(_("%(found)s stands here a second time; each may stand once"), path, found=rung.at)
        if rung.early and rung.offset and budget and rung.offset.unit == budget.unit:
            if rung.offset.amount >= budget.amount:
                gather.add(
                    _("%(found)s is not after the start of a budget of %(budget)s; write a shorter time"),
                    path,
                    found=rung.at,
                    budget=str(budget),
                )
        rungs.append(rung)
    return tuple(rungs)


def _rung(row: Mapping[str, Any], gather: Gather) -> Rung | None:
    at, path = row["at"], (*row["@"], "at")
    if at == BAD:
        return None
    if at == "0":
        return Rung(at, row["do"], None, early=False)
    found = re.fullmatch(r"([+-])(\d+)(wd|cd|h|wh)", at, re.ASCII)
    if not found:
        gather.add(
            _("%(found)s does not say when; write 0 for the due moment, or -4h, -1wd, +1wd around it"),
            path,
            found=at[:60],
        )
        return None
    # A rung reminds and gives nobody a right: one that falls on a day off may stay there.
    text = f"{at[1:]}:none" if found.group(3) == "cd" else at[1:]
    offset = parsed(text, Budget.parse, path, gather)
    return Rung(at, row["do"], offset, early=found.group(1) == "-") if offset else None
