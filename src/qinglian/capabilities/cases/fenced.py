"""What the second fence holds back of cases: the rules of their tables, and what it is told of the reader.

It repeats coarsely what the gate decides: a case is seen by the units that stand over it, as far as they are
cleared for it and it is not about them; by whoever asked, with its code or an account; by a unit that was
asked to contribute; in a room, by who reads there. What belongs to a case is seen by whoever sees the case.
"""

from __future__ import annotations

from datetime import date

from qinglian.capabilities.access.fencing import (
    ALARMED,
    DRAFTS,
    OPEN,
    OWN,
    ROOMS,
    SEEN_LAST,
    SEES,
    SHUT_OFF,
    USER,
    Fenced,
    Told,
    among,
    as_set,
    by_staff,
    is_the,
    set_of,
    told,
)
from qinglian.capabilities.access.policies import Reader
from qinglian.capabilities.parties.levels_told import SPOKEN_FOR
from qinglian.zone.current import current


def _over(unit: str, level: str) -> str:
    """The reader stands over the unit and is cleared for the level."""
    this, every = (f"{unit} || {rest}" for rest in (f"'|' || {level}", "'|*'"))
    return f"({among(SEES, this)} OR {among(SEES, every)})"


def _case(row: str) -> str:
    """The rule of cases, over a row of them."""
    about = among(SHUT_OFF, f"{row}.id")
    return (
        f"({_over(f'{row}.unit_holding_id', f'{row}.sensitivity')} AND NOT COALESCE({about}, false))"
        f" OR {among(OWN, f'{row}.id')} OR qinglian_beside({row}.id, {row}.sensitivity)"
    )


_FUNCTION = """CREATE OR REPLACE FUNCTION {{schema}}.{name} RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {{schema}}, pg_temp
AS $$ BEGIN RETURN COALESCE(({said}), false); END $$"""

# For what the first two parts of the rule do not give: another unit contributes, or it stands in a room.
_BESIDE = _FUNCTION.format(
    name="qinglian_beside(asked bigint, level varchar)",
    said=f"""({by_staff()} AND NOT COALESCE({among(SHUT_OFF, "asked")}, false) AND EXISTS (
        SELECT 1 FROM cases_contribution c WHERE c.case_id = asked AND {_over("c.unit_id", "level")}))
    OR ({told(ROOMS)} <> '' AND EXISTS (
        SELECT 1 FROM cases_channelquestion q
        WHERE q.case_id = asked AND {among(ROOMS, "q.channel")}))""",
)
# A page asks for many rows of one case: the last that was seen is remembered until the fence is down again.
_SEES_CASE = f"""CREATE OR REPLACE FUNCTION {{schema}}.qinglian_sees_case(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {{schema}}, pg_temp
AS $$ BEGIN
    IF asked::text = {told(SEEN_LAST)} THEN RETURN true; END IF;
    IF (SELECT {_case("c")} FROM cases_case c WHERE c.id = asked) THEN
        PERFORM set_config('{SEEN_LAST}', asked::text, true);
        RETURN true;
    END IF;
    RETURN false;
END $$"""
_SEES_ENTRY = _FUNCTION.format(  # of the log
    name="qinglian_sees_entry(asked bigint)",
    said="""EXISTS (SELECT 1 FROM cases_caseevent e
        WHERE e.entry_id = asked AND qinglian_sees_case(e.case_id))
    OR EXISTS (SELECT 1 FROM cases_letter l WHERE l.entry_id = asked AND qinglian_sees_case(l.case_id))""",
)
_SEES_HOLDER = _FUNCTION.format(  # of a file: "case:7", "supply:7", "draft:7"; other records are the staff's
    name="qinglian_sees_holder(holder varchar)",
    said=f"""CASE split_part(holder, ':', 1)
        WHEN 'case' THEN qinglian_sees_case(split_part(holder, ':', 2)::bigint)
        WHEN 'supply' THEN qinglian_sees_case(split_part(holder, ':', 2)::bigint)
        WHEN 'draft' THEN {among(DRAFTS, "split_part(holder, ':', 2)")} ELSE {by_staff()} END""",
)
_OF_CASE = "qinglian_sees_case(case_id)"
_OF_CLOCK = (
    "EXISTS (SELECT 1 FROM cases_clock clock WHERE clock.id = clock_id AND qinglian_sees_case(clock.case_id))"
)


def shut_off(reader: Reader, _on: date) -> Told:
    """The cases that are about the reader, or a unit of the reader's."""
    if reader.person_id is None:
        return None
    query = (
        "SELECT DISTINCT case_id AS word FROM cases_concern"
        " WHERE lifted_at IS NULL AND (person_id = %s OR unit_id = ANY (%s))"
    )
    return set_of(query), [reader.person_id, sorted(reader.belongs_to())]


def own(reader: Reader, on: date) -> Told:
    """The case whose code this browser has given, and those that the account holds."""
    tracked = [] if reader.tracked is None else [reader.tracked]
    if reader.user_id is None:
        return ("%s::text", [as_set(tracked)]) if tracked else None
    query = (
        f"SELECT case_id AS word FROM cases_caseholder WHERE user_id = %s OR enterprise_id IN ({SPOKEN_FOR})"
        " UNION SELECT unnest(%s::bigint[])"
    )
    return set_of(query), [reader.user_id, reader.user_id, on, on, tracked]


def rooms(reader: Reader, _on: date) -> Told:
    """The rooms that everybody reads, and those that the account came into, or that the unit has."""
    channels = current().channels
    opened = [each.id for each in channels.values() if each.readers == "everybody"]
    if len(opened) == len(channels) or reader.user_id is None:
        return ("%s::text", [as_set(opened)]) if opened else None
    query = (
        "SELECT unnest(%s::text[]) AS word UNION SELECT channel FROM cases_channelmember WHERE user_id = %s"
    )
    over = [
        each.id for each in channels.values() if any(each.unit in path.split("/") for path in reader.roles)
    ]
    return set_of(query), [[*opened, *over], reader.user_id]


FENCE = Fenced(
    {
        **{f"cases_{name}": OPEN for name in "matterversion numberseries pace calendarversion duty".split()},
        "cases_case": _case("cases_case"),
        **{
            f"cases_{name}": _OF_CASE
            for name in "caseevent assignment clock casetext fact decision proposal letter contribution"
            " concern".split()
        },
        "cases_clockrung": f"{told(ALARMED)} = 'yes' OR {_OF_CLOCK}",  # when something is due, no more
        "cases_clockchange": _OF_CLOCK,
        "cases_consent": "EXISTS (SELECT 1 FROM cases_proposal p WHERE p.id = proposal_id)",
        "cases_note": f"{by_staff()} AND {_OF_CASE}",
        "cases_caselink": f"{_OF_CASE} OR qinglian_sees_case(other_id)",
        "cases_channelquestion": f"{among(ROOMS, 'channel')} OR {_OF_CASE}",
        "cases_channelcode": by_staff(),
        "cases_channelmember": f"{is_the(USER, 'user_id')} OR {by_staff()}",
        "cases_calendarfeed": f"{is_the(USER, 'user_id')} OR {_OF_CASE}",
        "cases_caseholder": f"{is_the(USER, 'user_id')} OR {_OF_CASE}",
        "cases_draft": f"{among(DRAFTS, 'id')} OR {_OF_CASE}",
        "cases_answeredquestion": f"outcome = 'published' OR {_OF_CASE}",
        "files_fileuse": "qinglian_sees_holder(holder)",
        "ledger_entryfield": "qinglian_sees_entry(entry_id)",
    },
    functions=(_BESIDE, _SEES_CASE, _SEES_ENTRY, _SEES_HOLDER),
    facts={OWN: own, SHUT_OFF: shut_off, ROOMS: rooms},
)
