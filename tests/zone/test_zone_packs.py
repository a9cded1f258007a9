"""The carried packs are sound, speak three languages each in its own script, and invent nothing."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import opencc
import pytest

from qinglian.zone import Text, load, read_matter
from qinglian.zone.current import current, use
from qinglian.zone.starting import TEMPLATE

ZONES = Path(__file__).parents[2] / "zones"
DRAFT = re.compile(r"[A-Z]\d\d")


def texts_of(value: object) -> list[Text]:
    """Every Text anywhere inside."""
    if isinstance(value, Text):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_of(inner)]
    if isinstance(value, tuple | list):
        return [text for inner in value for text in texts_of(inner)]
    if hasattr(value, "__slots__") and type(value).__module__.startswith("qinglian.zone"):
        return [text for name in value.__slots__ for text in texts_of(getattr(value, name))]
    return []


@pytest.mark.parametrize("name", ["sample", "qianhai"])
def test_each_text_keeps_to_its_script_and_its_quotation_marks(name: str) -> None:
    texts = texts_of(load(ZONES / name))
    assert len(texts) >= 17
    to_hant, to_hans = opencc.OpenCC("s2hk"), opencc.OpenCC("t2s")
    for text in texts:
        assert to_hans.convert(text["zh-Hans"]) == text["zh-Hans"]
        assert (
            to_hans.convert(text["zh-Hant"]) != text["zh-Hant"]
            or to_hant.convert(text["zh-Hans"]) == text["zh-Hant"]
        )
        assert not set("「」『』") & set(text["zh-Hans"])
        assert not set("“”‘’") & set(text["zh-Hant"])
        assert not re.search("[\u3400-\u9fff]", text["en"])


def test_the_sample_is_what_a_new_zone_starts_from() -> None:
    files = {path.relative_to(TEMPLATE): path.read_bytes() for path in TEMPLATE.rglob("*.*")}
    assert files == {
        path.relative_to(ZONES / "sample"): path.read_bytes() for path in (ZONES / "sample").rglob("*.*")
    }


def test_qianhai_lists_57_measures_and_sets_no_date() -> None:
    zone = load(ZONES / "qianhai")
    assert len(zone.measures) == 57
    assert [sum(measure.area == area for measure in zone.measures) for area in zone.areas] == [
        12,
        14,
        10,
        10,
        11,
    ]
    assert {measure.due for measure in zone.measures} == {None}
    assert sum(measure.basis == "stated" for measure in zone.measures) == 28
    assert all(DRAFT.fullmatch(measure.id) for measure in zone.measures)


def test_the_promises_of_a_demonstration_say_that_they_are_not_law() -> None:
    matter = load(ZONES / "qianhai").matters["consultation"]
    for clock in matter.clocks.values():
        assert clock.basis.kind == "zone-choice"
        assert "demonstration zone’s own" in clock.basis.cite["en"]
        assert "演示片区自己" in clock.basis.cite["zh-Hans"]
    law = [basis for basis in matter.basis if basis.kind == "law"]
    assert law and all(basis.article and basis.checked for basis in law)


def test_a_matter_is_rebuilt_from_its_pins_alone() -> None:
    matter = load(ZONES / "qianhai").matters["consultation"]
    again = read_matter(dict(matter.pins), "matters/consultation.toml")
    assert again.sha == matter.sha
    assert again.steps[1].fields[1].show is not None
    assert again.steps[1].fields[1].show({"topic": "cross-border"})
    assert texts_of(again) == texts_of(matter)


def test_hashes_are_those_of_sha256sum() -> None:
    zone = load(ZONES / "qianhai")
    printed = subprocess.run(
        ["sha256sum", *sorted(zone.files)], cwd=ZONES / "qianhai", capture_output=True, check=True
    ).stdout
    assert zone.sha == hashlib.sha256(printed).hexdigest()
    pins = sorted(zone.matters["consultation"].pins)
    printed = subprocess.run(
        ["sha256sum", *pins], cwd=ZONES / "qianhai", capture_output=True, check=True
    ).stdout
    assert zone.matters["consultation"].sha == hashlib.sha256(printed).hexdigest()


def test_one_zone_is_in_use_and_a_wrong_pack_does_not_replace_it(tmp_path: Path) -> None:
    zone = use(ZONES / "sample")
    with pytest.raises(ValueError, match="there is no such folder"):
        use(tmp_path / "nowhere")
    assert current() is zone


def test_a_text_is_said_in_the_nearest_language() -> None:
    text = Text("简", "繁", "plain")
    assert [text.say(tag) for tag in ("zh-hans", "zh-CN", "zh_HK", "zh-Hant", "en-GB", "pt")] == [
        *("简", "简", "繁", "繁", "plain", "plain")
    ]
    assert dict(text) == {"zh-Hans": "简", "zh-Hant": "繁", "en": "plain"}
