"""Rooms worth living in: sizes and names."""

from __future__ import annotations

import ast

from tests.house.tree import SRC, name_of, python_files, read
from tools.parts import PARTS, ROOT

MOST_LINES, MOST_LINES_OF_FUNCTION, MOST_FOLDERS = 400, 60, 3
FORBIDDEN_NAMES = set("utils helpers common core services managers signals mixins base shared misc".split())
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_file_is_longer_than_a_room() -> None:
    long = {name_of(p): lines for p in python_files() if (lines := read(p).count("\n")) > MOST_LINES}
    assert not long


def test_no_function_is_longer_than_a_page() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, FUNCTIONS):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_LINES_OF_FUNCTION:
                    long[f"{name_of(path)}:{node.lineno} {node.name}"] = lines
    assert not long


def test_names_say_what_is_in_a_room() -> None:
    parts = {part for p in python_files(SRC) for part in p.relative_to(SRC).with_suffix("").parts}
    assert not parts & FORBIDDEN_NAMES


def test_nothing_lies_deeper_than_three_folders() -> None:
    """Django's own folders apart."""
    apart = {"migrations", "templates", "templatetags", "static", "locale"}
    folders = [p.relative_to(SRC).parts[:-1] for p in python_files(SRC)]
    assert not [parts for parts in folders if len([x for x in parts if x not in apart]) > MOST_FOLDERS]


def test_no_generic_foreign_key_and_no_signal() -> None:
    words = ("GenericForeignKey", "django.dispatch", "django.db.models.signals", "django.core.signals")
    assert not [f"{name_of(p)}: {word}" for p in python_files(SRC) for word in words if word in read(p)]


def test_every_folder_of_tests_belongs_to_a_part_of_make_test() -> None:
    known = {folder for folders, _options in PARTS.values() for folder in folders}
    found = {p.parent.relative_to(ROOT).as_posix() for p in python_files() if p.name.startswith("test_")}
    assert not [folder for folder in found if not any(f"{folder}/".startswith(f"{k}/") for k in known)]
