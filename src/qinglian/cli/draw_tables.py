"""What `draw report` and `draw audit` print. Exit 1 where an alarm asks for an answer."""

from __future__ import annotations

import argparse

from qinglian.batch.draw_before_after import audit_files, tell_before
from qinglian.batch.draw_folder import Folder
from qinglian.cli.progress import telling
from qinglian.cli.words import gettext as _
from qinglian.cli.words import say
from qinglian.faults import noop as _n

TESTS = {
    "skip": _n("gaps of one length"),
    "neighbours": _n("neighbours in the list drawn together"),
    "even": _n("too even over the list"),
    "clustered": _n("bunched in parts of the list"),
    "never": _n("never drawn in any draw"),
    "pairs": _n("pairs of inspectors who are neighbours in the roster"),
}
INNOCENT = {
    "skip": _n("Innocent if the rules order drawing every k-th from a start drawn in public."),
    "neighbours": _n("Innocent if the list is sorted by class or place and the rates differ."),
    "even": _n("Innocent if the draw was stratified along the order of the list, by district for example."),
    "clustered": _n("Innocent if a campaign drew from one district or trade, or the rates differ by class."),
    "never": _n("Innocent if those drawn lately are left out by rule, or some are outside the rule’s reach."),
    "pairs": _n("Innocent if the roster is sorted by unit and both must come from one unit."),
}
POWER = {
    "skip": _n("a skip sampler"),
    "wobble": _n("a skip sampler whose steps wobble by a tenth"),
    "third": _n("a draw that never looks at the last third"),
}

SMALL = _n(
    "ALARM %(department)s: only %(inspectors)s may visit %(subjects)s subjects, %(qualified)s can lead"
)


def print_report(folder: Folder, seeds: int) -> int:
    with telling() as tell:
        found = tell_before(folder, seeds, tell)
    for department, strata in found.chances.items():
        for stratum, (drawn, size) in strata.items():
            about = {"department": department, "stratum": stratum, "drawn": drawn, "size": size}
            print(_("%(department)s, %(stratum)s: %(drawn)s of %(size)s") % about)
            if stratum in found.weights.get(department, {}):
                least, most = found.weights[department][stratum]
                about |= {"least": least / 10, "most": most / 10}
                print(_("%(department)s, %(stratum)s: by weight, from %(least)s to %(most)s %%") % about)
    for department, (least, most) in found.ranges.items():
        about = {"department": department, "least": least / 10, "most": most / 10, "seeds": found.seeds}
        print(
            _("%(department)s: an inspector meets %(least)s to %(most)s %% of subjects (%(seeds)s trials)")
            % about
        )
    for pool in found.small:
        print(_(SMALL) % vars(pool))
    for department in sorted({*found.met, *(pool.department for pool in found.likely)}):
        print(_("ALARM %(department)s: an inspector’s chance is above one half") % {"department": department})
    for fault in found.infeasible:
        print(_("ALARM %(fault)s") % {"fault": say(fault)})
    return 1 if found.alarms else 0


def print_audit(args: argparse.Namespace) -> int:
    with telling() as tell:
        tests, powers = audit_files(args.frame, args.samples, args.id, args.pairs, args.roster, tell)
    names = [path.name for path in args.samples]
    for test in tests:
        print(
            _("%(sample)s · %(name)s: %(seen)s seen, %(expected)s expected, p = %(p)s, adjusted %(adjusted)s")
            % {
                "sample": names[test.sample - 1] if test.sample else _("all draws"),
                "name": _(TESTS[test.name]),
                "seen": f"{test.seen:.0f}",
                "expected": f"{test.expected:.1f}",
                "p": f"{test.p:.2g}",
                "adjusted": f"{test.adjusted:.2g}",
            }
        )
        if test.alarm:
            print("  " + _("ALARM: chance alone would hardly do this; ask how the draw was made."))
            print("  " + _(INNOCENT[test.name]))
    for number, found in powers.items():
        for name, share in found.items():
            print(
                _("%(sample)s: of this size, %(unfair)s would be noticed in %(percent)s %% of cases")
                % {"sample": names[number - 1], "unfair": _(POWER[name]), "percent": f"{100 * share:.0f}"}
            )
    alarms = any(test.alarm for test in tests)
    if not alarms:
        print(_("No alarm. That shows no fault; it does not show that the draw was fair."))
    return 1 if alarms else 0
