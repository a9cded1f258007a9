"""The data dictionary: what each column of each published table means, for people and for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, override

from qinglian.batch.figures import Column, Table
from qinglian.batch.figures.grouping import WITHHELD
from qinglian.capabilities.figures.declared import tables
from qinglian.zone.current import current

LANGUAGES = {"zh-Hans": "zh-hans", "zh-Hant": "zh-hant", "en": "en"}
FORM = "dictionary/1"


def said(text: object) -> str:
    """A text in the language in use, whether its owner marked it for translation lazily or not."""
    return gettext(str(text)) if str(text) else ""


def in_three(text: object) -> dict[str, str]:
    found = {}
    for language, code in LANGUAGES.items():
        with override(code):
            found[language] = said(text)
    return found


def described() -> dict[str, Any]:
    """Everything about the open tables; in three languages."""
    publishing = current().publishing
    return {
        "v": FORM,
        "withheld": WITHHELD,
        "least": publishing.least if publishing else 0,
        "licence": publishing.licence if publishing else "",
        "tables": [_table(table) for table in tables().values() if table.level == "open"],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "grain": table.grain,
        "title": in_three(table.title),
        "about": in_three(table.about),
        "source": in_three(table.source),
        "groups": list(table.groups) if table.groups is not None else None,
        "columns": [_column(column) for column in table.all_columns],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.kind,
        "meaning": in_three(column.meaning),
        "unit": in_three(column.unit) if str(column.unit) else None,
        "refers": column.refers or None,
        "codes": {value: in_three(meaning) for value, meaning in column.codes.items()},
    }
