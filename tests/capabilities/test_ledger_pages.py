"""What everybody may read of the log, what the holder of a case keeps, and how both check from outside."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.people import MONDAY

from qinglian.batch.verify import Asked, verify_path
from qinglian.capabilities.cases.models import CaseEvent
from qinglian.capabilities.ledger import actions, queries
from qinglian.capabilities.ledger.models import Entry, EntryField, Tree
from qinglian.cli.main import main
from qinglian.engines import merkle
from qinglian.faults import Fault

HOUR = timedelta(hours=1)


@pytest.fixture
def lodged(db: None, settings: Any, tmp_path: Path) -> Any:
    """A case of 何 with three events, in logs that were signed."""
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "witnesses.toml"
    actions.open_trees(MONDAY)
    people.units()
    lodged = people.he_asks()
    li = people.li()
    people.act(lodged.case_id, "accept", li, MONDAY + HOUR)
    people.act(lodged.case_id, "answer", li, MONDAY + 2 * HOUR)
    sign()
    return lodged


def sign() -> None:
    while actions.sequence(MONDAY + 3 * HOUR):
        pass


def holder(lodged: Any) -> Client:
    client = Client()
    client.post("/en/cases/track/", {"number": lodged.number, "code": lodged.code})
    return client


def kept(lodged: Any, seq: int, tmp_path: Path) -> Path:
    """The record that the holder of the case downloads of one event."""
    place = tmp_path / f"{seq}.json"
    response = holder(lodged).get(f"/en/cases/track/{lodged.number}/record/{seq}/")
    assert response.status_code == 200
    place.write_bytes(response.content)
    return place


def trust(tmp_path: Path) -> Path:
    place = tmp_path / "trusted.toml"
    place.write_bytes(Client().get("/log/keys.toml").content)
    return place


def asked() -> Asked:
    return Asked(merkle.parse_trust(queries.trust_text()))


def test_every_event_of_a_case_has_its_entry(lodged: Any) -> None:
    events = CaseEvent.objects.order_by("seq")
    assert [event.entry.kind for event in events] == ["cases.lodged", "cases.event", "cases.event"]
    told = [queries.told(event.entry_id) for event in events]
    assert told[0]["answers"]["title"] == people.HE["title"]
    assert [each["action"] for each in told[1:]] == ["accept", "answer"]
    assert told[2]["data"] == {"answer": people.SAYS["answer"]}


def test_no_name_and_no_number_of_a_case_is_open_to_all(lodged: Any) -> None:
    secret = [lodged.number, *people.HE.values(), people.SAYS["answer"], "李", "li"]
    for row in Entry.objects.all():
        opened = merkle.read_entry(bytes(row.data)).open
        values = {str(value) for key, value in opened.items() if key not in ("files", "units", "keys")}
        assert not values & set(secret), opened
        if row.log == "restricted":
            assert not [each for each in secret[:3] if each.encode() in bytes(row.data)]


def test_the_kept_record_shows_what_was_logged(lodged: Any, tmp_path: Path) -> None:
    record = kept(lodged, 1, tmp_path)
    report = verify_path(record, asked())
    assert report.kind == "record" and report.shown["answers"]["title"] == people.HE["title"]
    assert not report.withheld
    assert main(["verify", str(record), "--trust", str(trust(tmp_path))]) == 0


def test_the_forty_lines_on_the_page_check_it_too(lodged: Any, tmp_path: Path) -> None:
    here = Path(queries.__file__).parent / "static" / "check.py.txt"
    page = Path(__file__).parents[2] / "docs/how-to/check-a-record-by-hand.md"
    assert f"```python\n{here.read_text('utf-8')}```" in page.read_text("utf-8")
    key = Tree.objects.get(slug="restricted").vkeys[0]
    ran = subprocess.run(
        [sys.executable, here, kept(lodged, 2, tmp_path), key], capture_output=True, text=True
    )
    assert ran.returncode == 0 and "Holds" in ran.stdout, ran.stderr


@pytest.mark.parametrize(("before", "after"), [("accept", "close"), ('"seq"', '"sec"'), ("index", "index 0")])
def test_a_forged_record_is_refused(lodged: Any, tmp_path: Path, before: str, after: str) -> None:
    record = kept(lodged, 2, tmp_path)
    text = record.read_text("utf-8")
    index = re.search(r"index \d+", text)
    assert index is not None
    before = index[0] if before.startswith("index") else before
    assert before in text
    record.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(Fault):
        verify_path(record, asked())


def test_erasing_a_person_s_data_leaves_every_proof_valid(lodged: Any, tmp_path: Path) -> None:
    record, events = kept(lodged, 1, tmp_path), CaseEvent.objects.order_by("seq")
    first = events[0].entry_id
    before = [bytes(row.data) for row in Entry.objects.order_by("pk")]
    assert actions.erase([first], "retention", MONDAY + 2 * HOUR, ["answers"]) == 1
    assert actions.erase([events[1].entry_id], "asked for", MONDAY + 2 * HOUR) == 8
    assert not EntryField.objects.filter(value__contains=people.HE["title"]).exists()
    assert EntryField.objects.get(entry=first, name="answers").salt is None
    sign()
    after = [bytes(row.data) for row in Entry.objects.order_by("pk")]
    assert after[: len(before)] == before and len(after) == len(before) + 2
    assert verify_path(record, asked()).shown["answers"], "what was given out before still holds"
    again = verify_path(kept(lodged, 1, tmp_path), asked())
    assert again.withheld == ("answers",) and again.shown["number"] == lodged.number
    gone = verify_path(kept(lodged, 2, tmp_path), asked())
    assert not gone.shown and len(gone.withheld) == 8
    assert Entry.objects.filter(kind="ledger.erased").count() == 2
    assert actions.erase([first], "again", MONDAY + 2 * HOUR, ["answers"]) == 0


def test_the_export_checks_and_continues_an_older_one(lodged: Any, tmp_path: Path) -> None:
    written = queries.export(tmp_path / "out")
    assert set(written) == {"public", "restricted"}
    older = (tmp_path / "out" / "restricted" / "checkpoint").read_text("utf-8")
    people.act(lodged.case_id, "close", people.actions.APPLICANT, MONDAY + 3 * HOUR)
    sign()
    queries.export(tmp_path / "out")
    for name in written:
        assert verify_path(tmp_path / "out" / name, asked()).entries
    report = verify_path(
        tmp_path / "out" / "restricted", Asked(merkle.parse_trust(queries.trust_text()), since=older)
    )
    assert report.since == written["restricted"]
    folder, keys = str(tmp_path / "out" / "public"), str(tmp_path / "out" / "keys.toml")
    assert main(["verify", folder, "--trust", keys]) == 0


def test_what_is_served_is_what_is_exported(lodged: Any, tmp_path: Path) -> None:
    queries.export(tmp_path / "out")
    client = Client()
    for place in sorted((tmp_path / "out" / "restricted").rglob("*")):
        if place.is_file():
            path = place.relative_to(tmp_path / "out").as_posix()
            assert client.get(f"/log/{path}").content == place.read_bytes(), path
    for path in ("tile/0/000", "tile/0/000.p/99", "tile/entries/001", "tile/0/0", "tile/9/000.p/1"):
        assert client.get(f"/log/restricted/{path}").status_code == 404


def test_files_are_served_as_tlog_tiles_asks(lodged: Any) -> None:
    """One address in every language, the prefix of the log; tiles are kept for long, heads are not."""
    client, tree = Client(), Tree.objects.get(slug="restricted")
    head = client.get("/log/restricted/checkpoint")
    assert head.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert head.headers["Cache-Control"] == "public, no-cache"
    size = int(head.content.decode().split("\n")[1])
    assert size == tree.size < 256
    for level in ("0", "entries"):
        tile = client.get(f"/log/restricted/tile/{level}/000.p/{size}", HTTP_ACCEPT_LANGUAGE="en")
        assert tile.headers["Content-Type"] == "application/octet-stream"
        assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert tile.headers["Access-Control-Allow-Origin"] == "*"
        assert "Cookie" not in tile.headers.get("Vary", "") and not tile.cookies
    packed = client.get(f"/log/restricted/tile/entries/000.p/{size}", HTTP_ACCEPT_ENCODING="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == tile.content


def test_pages_and_downloads_of_each_entry(lodged: Any, tmp_path: Path) -> None:
    client = Client()
    size = Tree.objects.get(slug="restricted").size
    for index in range(size):
        page = client.get(f"/en/log/restricted/{index}/")
        assert page.status_code == 200 and "no-store" not in page.headers["Cache-Control"]
        for name, kind in (("proof", "proof"), ("record", "record")):
            place = tmp_path / name
            place.write_bytes(client.get(f"/log/restricted/{index}/{name}").content)
            report = verify_path(place, asked())
            assert (report.kind, report.index) == (kind, index) and not report.shown
    for wrong in (f"{size}/", f"{2**70}/"):
        assert client.get(f"/en/log/restricted/{wrong}").status_code == 404
    for wrong in (f"{size}/proof", f"{2**70}/record"):
        assert client.get(f"/log/restricted/{wrong}").status_code == 404
    assert client.get("/log/none/checkpoint").status_code == 404
    assert client.get("/en/log/none/").status_code == client.get("/en/log/none/0/").status_code == 404


def test_a_log_without_a_witness_says_so(lodged: Any) -> None:
    for path in ("/en/log/", "/en/log/restricted/1/", "/en/log/check/"):
        assert "proves nothing against its operator" in Client().get(path).content.decode()


def test_the_pages_of_a_case_lead_to_its_entries(lodged: Any) -> None:
    page = holder(lodged).get(f"/en/cases/track/{lodged.number}/").content.decode()
    assert "Log checkpoint" in page and "no witness" in page
    entry = CaseEvent.objects.get(seq=2).entry
    assert f"/en/log/restricted/{entry.index}/" in page
    assert f"/en/cases/track/{lodged.number}/record/2/" in page
    desk = people.browser("li").get(f"/en/desk/{lodged.number}/").content.decode()
    assert "Log checkpoint" in desk and f"/en/log/restricted/{entry.index}/" in desk
    assert "/record/" not in desk


def test_nobody_else_gets_the_record(lodged: Any) -> None:
    other = people.chen_asks()
    sign()
    for client in (Client(), holder(other)):
        response = client.get(f"/en/cases/track/{lodged.number}/record/1/")
        assert response.status_code == 302 and response.headers["Location"] == "/en/cases/track/"


def test_what_is_still_pending_has_no_link_and_no_record(lodged: Any) -> None:
    people.act(lodged.case_id, "close", people.actions.APPLICANT, MONDAY + 3 * HOUR)
    client = holder(lodged)
    page = client.get(f"/en/cases/track/{lodged.number}/").content.decode()
    assert "/record/3/" in page and "/record/4/" not in page
    assert client.get(f"/en/cases/track/{lodged.number}/record/4/").status_code == 404
    sign()
    assert client.get(f"/en/cases/track/{lodged.number}/record/4/").status_code == 200
