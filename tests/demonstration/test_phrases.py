"""What invented people write is in three languages, and varied."""

from __future__ import annotations

import re
from random import Random

import opencc
import pytest

from qinglian.web.demonstration.phrases import LANGUAGES, Speaker, table

pytestmark = pytest.mark.once

_SLOT = re.compile(r"\{(\w+)\}")


def test_each_line_stands_in_three_languages_with_the_same_slots() -> None:
    simplify = opencc.OpenCC("hk2s").convert
    for group in table().values():
        for key, rows in group.items():
            for row in rows:
                assert len(row) == len(LANGUAGES), (key, row)
                slots = [sorted(_SLOT.findall(text)) for text in row]
                assert slots[0] == slots[1] == slots[2], row
                assert simplify(row[0]) == row[0], ("traditional signs", row)
                assert re.search(r"[\u4e00-\u9fff]", row[2]) is None, row


def test_traditional_lines_hold_no_sign_that_only_simplified_has() -> None:
    traditional = opencc.OpenCC("s2hk").convert
    for group in table().values():
        for rows in group.values():
            for row in rows:
                # 戶 is how Hong Kong's offices write it; the converter follows the school list, which has 户
                assert traditional(row[1]).replace("户", "戶") == row[1], (row[1], traditional(row[1]))


def test_what_is_said_is_varied_filled_and_the_same_in_all_languages_for_one_draw() -> None:
    said = []
    for seed in range(300):
        speaker = Speaker(Random(seed))
        said.append((speaker.title("registration"), speaker.detail(), speaker.answer()))
        assert "{" not in "".join(text[language] for text in said[-1] for language in LANGUAGES)
    assert len({title.hans for title, _detail, _answer in said}) > 40
    assert len({detail.en for _title, detail, _answer in said}) > 250
    assert all(answer.en.startswith("Demonstration answer") for _t, _d, answer in said)
    assert all(answer.hans.startswith("演示答复") for _t, _d, answer in said)


def test_an_engineer_has_the_right_article() -> None:
    speaker = Speaker(Random(3))
    speaker.about = {"post": ["工程师", "工程師", "engineer"], "span": ["一周", "一星期", "a week"]}
    texts = {speaker.say("title", "talent").en for _n in range(60)}
    assert not any(re.search(r"\ba engineer", text) for text in texts)
