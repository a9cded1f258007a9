"""Where a case can go: every state is reached, none is a dead end, and no machine refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.matter import SYSTEM, Action, ClockRule, State

Ways = Mapping[str, frozenset[str]]


def is_whole(states: tuple[State, ...], actions: tuple[Action, ...], clocks: tuple[ClockRule, ...]) -> bool:
    """Whether every name was resolved, so that ways can be followed; else those faults were told already."""
    ids = {state.id for state in states}
    named = [state for action in actions for state in (*action.from_, *action.targets)]
    for clock in clocks:
        named += [moment.partition(":")[2] for moment in (clock.starts, *clock.stops)]
        named += clock.pause_in
    stands = [word for state in states for word in (state.id, state.stage, state.turn)]
    return 0 < len(ids) == len(states) and BAD not in stands and ids.issuperset(named)


def check_graph(
    clean: Mapping[str, Any],
    states: tuple[State, ...],
    actions: tuple[Action, ...],
    clocks: tuple[ClockRule, ...],
    gather: Gather,
) -> None:
    """The matter `is_whole`; states, actions and clocks stand in the order of their rows."""
    lines = {state.id: row["@"] for row, state in zip(clean["state"], states, strict=True)}
    by_id = {state.id: state for state in states}
    ways = ways_of(states, actions)
    initial = [state for state in states if state.initial]
    if len(initial) != 1:
        gather.add(
            _("%(count)d states are initial; exactly one says initial = true"), ("state",), count=len(initial)
        )
    else:
        reached = reach([initial[0].id], ways)
        for state in states:
            if state.id not in reached:
                gather.add(
                    _("no action leads to the state %(state)s; add one or remove the state"),
                    lines[state.id],
                    state=state.id,
                )
    _check_ends(states, ways, lines, gather)
    for row, action in zip(clean["action"], actions, strict=True):
        _check_action(action, row["@"], by_id, actions, gather)
    for row, clock in zip(clean["clock"], clocks, strict=True):
        _check_clock(clock, row["@"], by_id, ways, actions, gather)


def ways_of(states: Iterable[State], actions: Iterable[Action]) -> Ways:
    ways: dict[str, set[str]] = {state.id: set() for state in states}
    for action in actions:
        for state in action.from_:
            ways[state].update(action.targets)
    return {state: frozenset(targets) for state, targets in ways.items()}


def reach(starts: Iterable[str], ways: Ways) -> set[str]:
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo.extend(ways[state])
    return seen


def _check_ends(states: tuple[State, ...], ways: Ways, lines: Mapping[str, Path], gather: Gather) -> None:
    ends = {state.id for state in states if state.terminal}
    if not ends:
        gather.add(_("no state is an end; say terminal = true where a case is over"), ("state",))
        return
    for state in states:
        path = lines[state.id]
        if state.terminal and ways[state.id]:
            gather.add(
                _("the state %(state)s is an end, and yet an action leaves it; remove one of the two"),
                path,
                state=state.id,
            )
        if not state.terminal and not reach([state.id], ways) & ends:
            gather.add(
                _("the state %(state)s is a dead end: nothing leads on from it to an end; add an action"),
                path,
                state=state.id,
            )
        if state.terminal != (state.turn == "nobody"):
            gather.add(
                _("it is nobody’s turn exactly in end states; mend turn or terminal of %(state)s"),
                (*path, "turn"),
                state=state.id,
            )
        if (state.stage == "your-turn") and state.turn != "applicant":
            gather.add(
                _('the stage your-turn tells the applicant to act; write turn = "applicant"'), (*path, "turn")
            )


def _check_action(
    action: Action,
    path: Path,
    states: Mapping[str, State],
    actions: tuple[Action, ...],
    gather: Gather,
) -> None:
    stages = {states[target].stage for target in action.targets}
    automatic = SYSTEM in action.by
    if automatic and "refused" in stages:
        gather.add(
            _("no machine refuses: this action of the system leads to a refused state; let a person take it"),
            path,
        )
    if automatic and "your-turn" in stages:
        _check_asking(action, path, gather)
    if "refused" in stages and not {"reason", "basis", "remedy"} <= set(action.needs):
        gather.add(
            _('a refusal tells reason, basis and remedy; write needs = ["reason", "basis", "remedy"]'),
            (*path, "needs"),
        )
    if automatic and action.decision:
        _check_person(action, path, states, actions, gather)
    if automatic and action.needs:
        gather.add(
            _('the system has no words of its own, and this action needs some; remove needs, or "system"'),
            (*path, "needs"),
        )


def _check_person(
    action: Action,
    path: Path,
    states: Mapping[str, State],
    actions: tuple[Action, ...],
    gather: Gather,
) -> None:
    """Where a table decides, a person can: when it has no answer, and when the applicant asks for one."""
    with_staff = {state for each in actions if set(each.by) - {SYSTEM, "applicant"} for state in each.from_}
    for state in action.from_:
        if state not in with_staff:
            gather.add(
                _("the table may have no answer in %(state)s, and nobody can act; add a staff action there"),
                path,
                state=state,
            )
    for state in action.targets:
        if states[state].turn == "applicant" and not any(
            "applicant" in each.by and state in each.from_ and with_staff & set(each.targets)
            for each in actions
        ):
            gather.add(
                _(
                    "a machine brings the case to %(state)s, where the applicant cannot ask for a person; "
                    "add an action of the applicant to a state in which staff can act"
                ),
                path,
                state=state,
            )


def _check_asking(action: Action, path: Path, gather: Gather) -> None:
    """Whatever asks by itself tells everything missing, and only once."""
    if action.decision is None or action.decision.table.policy != "collect":
        gather.add(
            _(
                "what asks the applicant by itself must tell everything at once; use a decision table whose "
                "first header cell is #collect"
            ),
            path,
        )
    if action.limit != 1:
        gather.add(_("a machine may ask once only, the second time a person does; write limit = 1"), path)


def _check_clock(
    clock: ClockRule,
    path: Path,
    states: Mapping[str, State],
    ways: Ways,
    actions: tuple[Action, ...],
    gather: Gather,
) -> None:
    start = clock.starts.partition(":")[2]
    if start in clock.pause_in:
        gather.add(
            _("the clock starts in a state in which it pauses; remove the state from pause_in"),
            (*path, "pause_in"),
        )
    if states[start].terminal:
        gather.add(
            _("the clock starts in an end state; start it where something is still to be done"),
            (*path, "starts"),
        )
        return
    for place, state in enumerate(clock.pause_in):
        if states[state].turn != "applicant":
            gather.add(
                _("a clock pauses only while it is the applicant’s turn; remove %(state)s from pause_in"),
                (*path, "pause_in", place),
                state=state,
            )
    running = _still_running(clock, start, ways)
    for place, state in enumerate(clock.pause_in):
        if state not in running:
            gather.add(
                _("the clock never runs when a case comes to %(state)s; remove the state from pause_in"),
                (*path, "pause_in", place),
                state=state,
            )
    for state in sorted(running):
        if states[state].terminal:
            gather.add(
                _('the clock still runs when the case ends in %(state)s; add "enter:%(state)s" to stops'),
                (*path, "stops"),
                state=state,
            )
    _check_silence(clock, path, running, actions, gather)


def _check_silence(
    clock: ClockRule, path: Path, running: set[str], actions: tuple[Action, ...], gather: Gather
) -> None:
    """When the time is over the action must be open wherever the case then stands."""
    if clock.silence is None:
        return
    open_in = {state for action in actions if action.id == clock.silence.action for state in action.from_}
    for state in sorted(running - open_in - set(clock.pause_in)):
        gather.add(
            _(
                "when this time is over the case may stand in %(state)s, where %(action)s cannot be taken; "
                "add the state to its `from`, or stop the clock there"
            ),
            (*path, "silence", "do"),
            state=state,
            action=clock.silence.action,
        )


def _still_running(clock: ClockRule, start: str, ways: Ways) -> set[str]:
    """The states in which a case can be while this clock runs or pauses."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        if f"leave:{state}" not in clock.stops:
            todo.extend(way for way in ways[state] if f"enter:{way}" not in clock.stops and way != state)
    return seen
