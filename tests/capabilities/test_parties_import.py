"""A register read in: all or nothing, every fault with its line, the same file twice changes nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.people import MONDAY

from qinglian.capabilities.ledger import queries as ledger
from qinglian.capabilities.parties import register
from qinglian.capabilities.parties.actions import Imported, import_register, state_enterprise
from qinglian.capabilities.parties.identifiers import check_character
from qinglian.capabilities.parties.models import Enterprise, EnterpriseName, Identifier, RegisterImport
from qinglian.capabilities.parties.queries import enterprise, find_enterprise
from qinglian.faults import Fault, Faults

HEAD = "place,number,name_zh_hans,name_en,district"
SOURCE = "Register of the tests"


def code(n: int) -> str:
    """A code that no enterprise has: there is no division 000000."""
    body = f"91000000MA5{n:06}"
    return body + check_character(body)


def line(n: int, name: str = "") -> str:
    return f"CN,{code(n)},{name or f'青禾贸易{n}号（示例）有限公司'},,示例区"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "register.csv"


def take(file: Path, text: str | bytes, **named: Any) -> Imported:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_register(file, SOURCE, MONDAY, **named)


def faults(file: Path, text: str | bytes, **named: Any) -> list[str]:
    with pytest.raises((Fault, Faults)) as caught:
        take(file, text, **named)
    assert not Enterprise.objects.exists() and not RegisterImport.objects.exists()
    return str(caught.value).replace(f"{file}:", "").splitlines()


@pytest.mark.django_db
def test_rows_become_enterprises_with_names_and_checked_numbers(file: Path) -> None:
    hk = "HK,12345678-000,何記設計（示例）有限公司,Ho Design (example) Limited,"
    done = take(file, "\n".join([HEAD, line(1), hk]))
    assert (done.rows, done.made, done.changed, done.rejected) == (2, 2, 0, 0)
    pk = find_enterprise("uscc", code(1).lower())
    assert pk is not None
    found = enterprise(pk)
    assert (found.status, found.district, found.organisation) == ("registered", "示例区", True)
    assert found.numbers == [("uscc", code(1), True, SOURCE)]
    assert found.names == [("zh-Hans", "legal", "青禾贸易1号（示例）有限公司")]
    pk = find_enterprise("hk-br", "12345678")
    assert pk is not None and [script for script, _kind, _name in enterprise(pk).names] == ["zh-Hans", "en"]
    assert RegisterImport.objects.get().made == 2


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_says_so(file: Path) -> None:
    text = "\n".join([HEAD, *map(line, range(50))])
    take(file, text)
    before = [
        list(model.objects.order_by("id").values()) for model in (Enterprise, EnterpriseName, Identifier)
    ]
    again = take(file, text)
    assert (again.made, again.changed, again.unchanged) == (0, 0, 50)
    after = [
        list(model.objects.order_by("id").values()) for model in (Enterprise, EnterpriseName, Identifier)
    ]
    assert after == before and RegisterImport.objects.count() == 1


@pytest.mark.django_db
def test_a_new_name_makes_the_old_one_former(file: Path) -> None:
    take(file, f"{HEAD}\n{line(1)}\n{line(2)}")
    done = take(file, f"{HEAD}\n{line(1, '青禾新名（示例）有限公司')}\n{line(2)}")
    assert (done.made, done.changed, done.unchanged) == (0, 1, 1)
    pk = find_enterprise("uscc", code(1))
    assert pk is not None
    assert [kind for _script, kind, _name in enterprise(pk).names] == ["former", "legal"]
    assert EnterpriseName.objects.get(kind="former").until == MONDAY.date()


BAD = {
    "a wrong check character": (f"CN,{code(1)[:-1]}{'0' if code(1)[-1] != '0' else '1'},青禾,,", "3 number"),
    "a sign that no code has": (f"CN,{code(1)[:-1]}O,青禾,,", "3 number"),
    "a name with a control character": (f"CN,{code(1)},青\x07禾,,", "3 name_zh_hans"),
    "no name": (f"CN,{code(1)},,,", "3: "),
    "no number": ("CN,,青禾,,", "3 number"),
    "an unknown place": (f"TW,{code(1)},青禾,,", "3 place"),
    "too few cells": (f"CN,{code(1)},青禾", "3: "),
    "a number twice": (line(7), "3 number"),
    "a name too long": (f"CN,{code(1)},{'青' * 201},,", "3 name_zh_hans"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", BAD)
def test_a_fault_names_line_and_column_and_nothing_is_taken(file: Path, what: str) -> None:
    bad, where = BAD[what]
    (said,) = faults(file, "\n".join([HEAD, line(7), bad, line(8)]))
    assert said.startswith(where), said


@pytest.mark.django_db
def test_all_faults_are_told_at_once_up_to_a_hundred(file: Path) -> None:
    said = faults(file, "\n".join([HEAD, line(1), *["CN,1,青禾,,"] * 130]))
    assert len(said) == register.MOST_FAULTS + 1 and "30 more" in said[-1]
    assert said[0].startswith("3 number") and said[99].startswith("102 number")


@pytest.mark.django_db
def test_a_cell_over_two_lines_does_not_shift_the_lines(file: Path) -> None:
    said = faults(file, f'{HEAD}\nCN,{code(1)},"青禾\n（示例）",,\nCN,1,青禾,,')
    assert said[0].startswith("2 name_zh_hans") and said[1].startswith("4 number")


HEADS = {
    "an unknown column": ("place,number,name_zh_hans,names_en", "name_en"),
    "a column twice": ("place,number,number,name_en", "twice"),
    "no number": ("place,name_zh_hans", "number"),
    "no name at all": ("place,number", "name_zh_hans"),
    "nothing": ("", "place"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", HEADS)
def test_a_fault_of_the_head_is_told_with_its_mend(file: Path, what: str) -> None:
    head, mend = HEADS[what]
    (said,) = faults(file, f"{head}\n{line(1)}\n")
    assert said.startswith("1: ") and mend in said


def test_a_head_without_rows_is_a_fault(file: Path, db: None) -> None:
    assert "no row" in faults(file, f"{HEAD}\n\n,,,,\n")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["mark", "crlf", "no last line end", "gb18030", "big5hkscs", "empty lines"])
def test_files_are_read_as_offices_write_them(file: Path, way: str) -> None:
    rows = [HEAD, f"CN,{code(1)},示例有限公司,,", f"CN,{code(2)},示例有限公司,,"]
    text = "\r\n".join(rows) + "\r\n" if way == "crlf" else "\n".join(rows)
    data, encoding = text.encode(), "utf-8"
    if way == "mark":
        data = b"\xef\xbb\xbf" + data
    elif way == "empty lines":
        data = data.replace(b"\n", b"\n\n,,,,\n") + b"\n\n"
    elif way in ("gb18030", "big5hkscs"):
        data, encoding = text.encode(way), way
    assert take(file, data, encoding=encoding).made == 2
    assert set(EnterpriseName.objects.values_list("name", flat=True)) == {"示例有限公司"}


WRONG_FILES = {
    "gb18030 unsaid": ("\n".join([HEAD, line(1)]).encode("gb18030"), "2: the line is not UTF-8", "gb18030"),
    "utf-16": ("\n".join([HEAD, line(1)]).encode("utf-16"), "1: this is UTF-16", "CSV UTF-8"),
    "a workbook": (b"PK\x03\x04rest", "1: this is XLSX", "CSV UTF-8"),
    "an open quotation mark": (
        f'{HEAD}\n{line(1)}\nCN,"x,y\n{line(2)}\n'.encode(),
        "3: this is not CSV",
        "again",
    ),
    "a line without end": (f"{HEAD}\n{'x' * 200_000}".encode(), "2: the line is longer", "quotation"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", WRONG_FILES)
def test_a_file_of_another_kind_is_refused_with_the_mend(file: Path, what: str) -> None:
    data, where, mend = WRONG_FILES[what]
    said = faults(file, data)
    assert said[-1].startswith(where) and mend in said[-1]


@pytest.mark.django_db
def test_skip_bad_takes_the_good_and_writes_the_others_with_reasons(file: Path) -> None:
    rows = [HEAD, line(1), "CN,1,青禾,,", line(2), line(1), f'CN,{code(3)},"青,禾",,', "x"]
    done = take(file, "\n".join(rows), say=str)
    assert (done.rows, done.made, done.rejected) == (3, 3, 3)
    assert done.rejects is not None and done.rejects.name == "register.csv.rejects.csv"
    with done.rejects.open(encoding="utf-8-sig", newline="") as source:
        told = list(csv.reader(source))
    assert told[0] == [*HEAD.split(","), "line", "reason"]
    assert [row[5] for row in told[1:]] == ["3", "5", "7"]
    assert "18" in told[1][6] and "line 2" in told[2][6] and told[2][1] == code(1)
    assert not list(file.parent.glob("*.part"))
    again = import_register(file, SOURCE, MONDAY, say=str)
    assert (again.made, again.changed, again.rejected) == (0, 0, 3)


@pytest.mark.django_db
def test_without_bad_rows_no_rejects_file_is_written(file: Path) -> None:
    assert take(file, f"{HEAD}\n{line(1)}", say=str).rejects is None
    assert [path.name for path in file.parent.iterdir()] == ["register.csv"]


@pytest.mark.django_db
def test_a_file_that_changes_while_it_is_read_is_not_taken(file: Path) -> None:
    def edit(step: str, _bytes: int, _rows: int) -> None:
        if step == "write":
            file.write_text(f"{HEAD}\n{line(1)}\n{line(2)}\n")

    first = f"{HEAD}\n" + "\n".join(map(line, range(4_000)))
    assert "changed while" in faults(file, first, tell=edit)[0]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_taken_when_the_last_batch_breaks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "BATCH", 10)
    taken = register._take

    def broken(batch: list[Any], *rest: Any) -> tuple[int, int]:
        if any(row.line == 36 for row in batch):
            raise RuntimeError("the last batch broke")
        return taken(batch, *rest)

    monkeypatch.setattr(register, "_take", broken)
    with pytest.raises(RuntimeError):
        take(file, "\n".join([HEAD, *map(line, range(35))]))
    assert not Enterprise.objects.exists() and not Identifier.objects.exists()


@pytest.mark.django_db
def test_a_register_and_a_statement_are_two_rows_with_one_number(file: Path) -> None:
    stated = state_enterprise("CN", code(1), "青禾（示例）", MONDAY)
    take(file, f"{HEAD}\n{line(1)}")
    assert find_enterprise("uscc", code(1)) != stated
    assert Identifier.objects.filter(value=code(1)).count() == 2


@pytest.mark.django_db
def test_an_individual_business_is_no_organisation(file: Path) -> None:
    body = "92000000MA5000001"
    number = body + check_character(body)
    take(file, f"{HEAD}\nCN,{number},青禾小店（示例）,,")
    assert Enterprise.objects.get().organisation is False
    text = f"place,number,name_zh_hans,form\nCN,{number},青禾小店（示例）,organisation"
    file.write_text(text)
    with pytest.raises(Faults, match="92"):
        import_register(file, SOURCE, MONDAY)


def test_in_steps_others_may_write_between_and_a_killed_reading_goes_on(
    committed: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "BATCH", 4)
    text = "\n".join([HEAD, *(line(n) for n in range(10))])
    took: list[int] = []

    def tell(step: str, _done: int, rows: int) -> None:
        if step == "write":
            assert not connection.in_atomic_block  # nobody waits for us here
            took.append(rows)
            if rows == 8 and len(took) == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(file, text, tell=tell, steps=True)
    assert Enterprise.objects.count() == 8
    done = take(file, text, tell=tell, steps=True)
    assert (done.rows, done.made) == (10, 2) and Enterprise.objects.count() == 10
    rows = list(RegisterImport.objects.order_by("id").values_list("rows", "made"))
    assert rows == [(4, 4), (4, 4), (2, 2)]  # each step is told, also those before the kill
    assert len(list(ledger.logged("parties.register_imported"))) == 3


@pytest.mark.django_db
def test_in_steps_too_a_fault_lets_nothing_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "BATCH", 2)
    text = "\n".join([HEAD, *(line(n) for n in range(7)), "CN,x,y,,"])
    assert "9 number" in faults(file, text, steps=True)[0]
