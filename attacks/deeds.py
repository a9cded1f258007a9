"""The deeds. Each does with the operator's rights what nobody should be able to do unseen.

A deed may touch the database, the keys and the clock of the platform; not what lies outside of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta

from attacks import stage
from attacks.stage import Site

DEEDS: dict[str, Callable[[Site], None]] = {}


def deed(function: Callable[[Site], None]) -> Callable[[Site], None]:
    DEEDS[function.__name__.replace("_", "-")] = function
    return function


@deed
def nothing_done(site: Site) -> None:
    """Nothing: the platform goes on honestly. Nobody may see anything."""
    _one_more_day(site)


@deed
def backdated_clock(site: Site) -> None:
    """The clock is set back, so that an act done too late seems to have been done in time."""
    from tests import people

    stage.clock.now -= timedelta(days=1)
    people.act(site.case_id, "close", people.actions.APPLICANT, stage.clock.now)
    site.sequence()


@deed
def edited_event(site: Site) -> None:
    """The answer that was given is rewritten in the database, the trigger dropped first."""
    site.sql("""UPDATE cases_caseevent SET data = '{"answer": "不可以。"}' WHERE action = 'answer'""")
    _one_more_day(site)


@deed
def edited_event_and_its_value(site: Site) -> None:
    """The answer is rewritten in the event and in the value kept beside the log entry."""
    site.sql(
        """UPDATE cases_caseevent SET data = '{"answer": "不可以。"}' WHERE action = 'answer'""",
        """UPDATE ledger_entryfield SET value = '{"answer":"不可以。"}' WHERE value LIKE '{"answer":%'""",
    )
    _one_more_day(site)


@deed
def deleted_row(site: Site) -> None:
    """The event of the answer is deleted, as if nobody had ever answered."""
    site.sql("DELETE FROM cases_caseevent WHERE action = 'answer'")
    _one_more_day(site)


@deed
def deleted_entry(site: Site) -> None:
    """The event is deleted together with its log entry; the tiles stay."""
    answered = "(SELECT entry_id FROM cases_caseevent WHERE action = 'answer')"
    site.sql(
        f"DELETE FROM ledger_entryfield WHERE entry_id IN {answered}",
        f"DELETE FROM ledger_entry WHERE id IN {answered}",
        "DELETE FROM cases_caseevent WHERE action = 'answer'",
    )
    _one_more_day(site)


@deed
def forked_log(site: Site) -> None:
    """The log is made anew without the answer, with the real keys, and goes on from there."""
    from qinglian.capabilities.ledger.models import Entry

    place = Entry.objects.get(caseevent_of("answer"))
    _cut(site, place.index)
    site.sql("DELETE FROM cases_caseevent WHERE action = 'answer'")
    for _more in range(3):
        _one_more_day(site)


@deed
def restored_old_backup(site: Site) -> None:
    """An old copy is put back, heads and all, and the platform goes on from it."""
    from django.db import connection

    connection.close()
    shutil.rmtree(site.data)
    shutil.copytree(site.outside.trust.parent / "operators-old-copy", site.data)
    old = (site.outside.witness.parent.parent / "site.witnesses").read_text()
    (site.data / "witnesses.toml").write_text(old)
    _one_more_day(site)


@deed
def changed_matter_text(site: Site) -> None:
    """The text of the matter that a case was decided by is changed in the database."""
    from qinglian.capabilities.cases.models import MatterVersion

    version = MatterVersion.objects.get(matter="consultation")
    MatterVersion.objects.filter(pk=version.pk).update(
        pins={k: v.replace("2wd", "20wd") + "#" for k, v in version.pins.items()}
    )
    _one_more_day(site)


@deed
def changed_table_after_a_decision(site: Site) -> None:
    """The table that decided a case is changed in the database after the decision."""
    from qinglian.capabilities.cases.models import Decision, MatterVersion

    decision = Decision.objects.get()
    version: MatterVersion = decision.case.matter_version
    other = version.pins[decision.table].replace("3,stated|unknown,-,look", "3,stated|unknown,-,go")
    assert other != version.pins[decision.table], "the table has another row now"
    MatterVersion.objects.filter(pk=version.pk).update(pins=version.pins | {decision.table: other})
    _one_more_day(site)


@deed
def changed_pack(site: Site) -> None:
    """The matter is changed in the pack under the same version, and cases are opened under it."""
    from dataclasses import replace

    from tests import people

    from qinglian.capabilities.cases import actions
    from qinglian.zone.reading import read_matter

    matter = people.matter()
    main = next(path for path in matter.pins if path.endswith("consultation.toml"))
    pins = {**matter.pins, main: matter.pins[main] + "\n# another text\n"}
    changed = replace(read_matter(pins, main), unit=matter.unit)
    actions.lodge_case(changed, people.CHEN, actions.code_from("changed"), "zh-hans", stage.clock.now)
    site.sequence()


@deed
def post_without_a_trace(site: Site) -> None:
    """A friend is given the post of a supervisor by a row in the database, with no appointment logged."""
    site.sql(
        "INSERT INTO parties_person (id, name, password_given) VALUES (900, '友（示例）', 0)",
        "INSERT INTO parties_post (person_id, unit_id, role, since) "
        "VALUES (900, 'service-centre', 'supervisor', '2026-01-01')",
    )
    _one_more_day(site)


@deed
def event_without_a_trace(site: Site) -> None:
    """An event is put into a case by a row in the database, with no entry in the log."""
    site.sql(
        "INSERT INTO cases_caseevent (case_id, seq, action, from_state, to_state, actor, at, data) "
        "SELECT case_id, 90, action, from_state, to_state, 'system', at, '{}' FROM cases_caseevent LIMIT 1"
    )
    _one_more_day(site)


@deed
def swapped_key(site: Site) -> None:
    """The log's keys are replaced by new ones, and the new ones published as if they had always been."""
    from qinglian.capabilities.ledger import keyring
    from qinglian.capabilities.ledger.models import Checkpoint, Tree

    Checkpoint.objects.all().delete()
    for tree in Tree.objects.all():
        (keyring.folder() / f"{tree.pk}.key").unlink()
        keys = [key.verifier.text for key in keyring.make(tree.pk, tree.origin)]
        Tree.objects.filter(pk=tree.pk).update(vkeys=keys)
    _one_more_day(site)


@deed
def never_entered(site: Site) -> None:
    """A case is taken in, and wiped within the second before its entries are numbered."""
    from tests import people

    people.chen_asks(stage.clock.now, secret="unwelcome")
    site.sql(
        "DELETE FROM ledger_entryfield WHERE entry_id IN (SELECT id FROM ledger_entry WHERE tree_id IS NULL)",
        "DELETE FROM ledger_entry WHERE tree_id IS NULL",
        "DELETE FROM cases_caseevent WHERE entry_id NOT IN (SELECT id FROM ledger_entry)",
    )
    _one_more_day(site)


@deed
def a_lie_from_the_start(site: Site) -> None:
    """A false answer is entered, properly, by somebody with the right to enter it."""
    from tests import people

    case = people.chen_asks(stage.clock.now, secret="misled")
    people.act(case.case_id, "accept", people.li(), stage.clock.now)
    people.act(case.case_id, "answer", people.li(), stage.clock.now, answer="与事实不符的答复")
    site.sequence()


def _one_more_day(site: Site) -> None:
    """Life goes on: another case, and what the log makes of it."""
    from django.db import transaction

    from qinglian.capabilities.ledger.appending import append

    stage.clock.now += timedelta(minutes=10)
    stage.clock.outside = max(stage.clock.outside, stage.clock.now)
    shown = {"leaf": "", "fields": []}
    with transaction.atomic():
        append("ledger.erased", {"reason": "an ordinary day"}, stage.clock.now, open_fields=shown)
    site.sequence()


def caseevent_of(action: str) -> object:
    from django.db.models import Q

    from qinglian.capabilities.cases.models import CaseEvent

    return Q(pk=CaseEvent.objects.get(action=action).entry_id)


def _cut(site: Site, keep: int) -> None:
    """Make the restricted tree anew from its first entries; forget what was signed above them."""
    from qinglian.capabilities.ledger import keyring
    from qinglian.capabilities.ledger.models import Checkpoint, Entry, Tile, Tree
    from qinglian.engines import merkle

    tree = Tree.objects.get(slug="restricted")
    rows = Entry.objects.filter(tree=tree, index__lt=keep).order_by("index").values_list("data", flat=True)
    grown, tiles = merkle.Tree().append([merkle.leaf_hash(bytes(data)) for data in rows])
    site.sql(
        "DELETE FROM ledger_entryfield WHERE entry_id IN "
        f"(SELECT id FROM ledger_entry WHERE tree_id = 'restricted' AND \"index\" >= {keep})",
        f"DELETE FROM ledger_entry WHERE tree_id = 'restricted' AND \"index\" >= {keep}",
    )
    Checkpoint.objects.filter(tree=tree, size__gt=keep).delete()
    Tile.objects.filter(tree=tree).delete()
    Tile.objects.bulk_create(Tile(tree=tree, path=each.full_path, data=each.data) for each in tiles)
    Tree.objects.filter(pk=tree.pk).update(size=keep, root=grown.root(), anchored_size=0)
    (keyring.folder() / "restricted.head").unlink()
