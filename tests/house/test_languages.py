"""Three languages, complete and each in its own script: catalogues, packs and texts."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from tests.house.scripts import changed, foreign_signs
from tests.house.tree import ROOT, SRC, name_of, read, under
from tools.messages import LOCALES, compile_catalogue, gather

LANGUAGE = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0+]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa%]|\{\{?\s*[\w.|]*\s*\}?\}")
PACKS = [*under(ROOT / "zones", ".toml"), *under(SRC / "zone" / "template", ".toml")]
MARKDOWN = [p for p in [*under(ROOT / "zones", ".md"), *under(SRC, ".md")] if p.name.count(".") == 2]


def catalogue(locale: str) -> Path:
    return SRC / "locale" / locale / "LC_MESSAGES" / "django.po"


def entries(locale: str) -> list[polib.POEntry]:
    return list(polib.pofile(str(catalogue(locale))))


def versions(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str | None, str]]:
    """(context, text) of everything that the code marks for translation today."""
    if shutil.which("xgettext") is None:
        pytest.skip("texts of the code against the catalogues: no xgettext here (apt-get install gettext)")
    copy = tmp_path_factory.mktemp("texts") / "qinglian"
    shutil.copytree(SRC, copy, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    gather(copy)
    po = copy / "locale" / LOCALES[0] / "LC_MESSAGES" / "django.po"
    return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(po))}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogue_holds_every_text_of_the_code_and_no_other(
    locale: str, gathered: set[tuple[str | None, str]]
) -> None:
    held = {(entry.msgctxt, entry.msgid) for entry in entries(locale) if not entry.obsolete}
    assert {"missing": gathered - held, "left over": held - gathered} == {
        "missing": set(),
        "left over": set(),
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_for_good(locale: str) -> None:
    assert not [e.msgid for e in entries(locale) if e.fuzzy or e.obsolete or not all(versions(e))]


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_are_the_same(locale: str) -> None:
    differing = {}
    for entry in entries(locale):
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for said in versions(entry):
            if said and sorted(PLACEHOLDER.findall(said)) != wanted:
                differing[entry.msgid] = said
    assert not differing


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_catalogue_is_that_of_the_text(locale: str) -> None:
    po = catalogue(locale)
    assert po.with_suffix(".mo").read_bytes() == compile_catalogue(po), "run make messages"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_keeps_to_its_script(locale: str) -> None:
    said = {text for entry in entries(locale) for text in versions(entry)}
    assert not {text: found for text in said if (found := foreign_signs(LANGUAGE[locale], text))}


def texts(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "zh-Hans" in value or "zh-Hant" in value:
            yield value
        else:
            yield from (text for inner in value.values() for text in texts(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in texts(inner))


@pytest.mark.parametrize("path", PACKS, ids=name_of)
def test_every_text_of_a_pack_is_there_three_times_and_in_its_script(path: Path) -> None:
    for text in texts(tomllib.loads(read(path))):
        assert set(text) == set(LANGUAGES)
        assert not {text[lang]: found for lang in LANGUAGES if (found := foreign_signs(lang, text[lang]))}


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_every_page_of_text_is_there_three_times_and_in_its_script(path: Path) -> None:
    stem, language, _ending = path.name.split(".")
    assert all((path.parent / f"{stem}.{other}.md").exists() for other in LANGUAGES)
    assert not foreign_signs(language, read(path))


def test_the_test_of_scripts_sees_what_it_should() -> None:
    assert changed("这是联系电话", "s2hk", "s2tw")
    assert changed("以后再说", "s2hk", "s2tw")
    assert changed("請填寫資料", "t2s")
    assert not changed("皇后大道中的里程與台階", "s2hk", "s2tw")
    assert not foreign_signs("zh-Hant", "公里數、系統、說明與説明、平台、首席執行官")
    assert foreign_signs("zh-Hant", "他說“好”") and foreign_signs("zh-Hans", "他说「好」")


STRAIGHT = re.compile(r"(?<=[A-Za-z])'(?=(?:s|t|re|ve|ll|d)\b)|(?<=[a-z]s)'(?=[ .,;:?!)]|$)")


def test_english_texts_have_the_apostrophe_of_print() -> None:
    """What is to be typed as it stands (v = "draw/1", 'qinglian[site]') keeps the signs of a keyboard."""
    said = {text for e in entries(LOCALES[0]) for text in (e.msgid, e.msgid_plural) if STRAIGHT.search(text)}
    for path in PACKS:
        said |= {text["en"] for text in texts(tomllib.loads(read(path))) if STRAIGHT.search(text["en"])}
    said |= {name_of(path) for path in MARKDOWN if ".en." in path.name and STRAIGHT.search(read(path))}
    assert not said


@pytest.mark.parametrize(("text", "straight"), [("the unit's turn", True), ("others' work", True),
                                                ("it doesn't", True), ("say 'qinglian[site]'", False),
                                                ("the unit’s turn", False)])  # fmt: skip
def test_the_test_of_apostrophes_sees_what_it_should(text: str, straight: bool) -> None:
    assert bool(STRAIGHT.search(text)) == straight


def test_hong_kong_counts_in_its_own_words() -> None:
    """A working day is 工作天 there; 工作日 stands only where a mainland law is told in its own words."""
    assert not [said for e in entries("zh_Hant") for said in versions(e) if "工作日" in said]
