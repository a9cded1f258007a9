"""A field points at its hint and, whenever it is found out, at what is wrong with it."""

from __future__ import annotations

import pytest
from django import forms

from qinglian.capabilities.access.described import Described

pytestmark = pytest.mark.once


class Asked(Described):
    told = forms.CharField(help_text="a hint")
    bare = forms.CharField(required=False)


def points(form: Described, key: str) -> tuple[str | None, str | None]:
    attrs = form.fields[key].widget.attrs
    return attrs.get("aria-describedby"), attrs.get("aria-invalid")


def test_an_empty_form_points_at_its_hints_alone() -> None:
    form = Asked()
    assert points(form, "told") == ("id_told_hint", None) and points(form, "bare") == (None, None)


def test_what_the_form_finds_and_what_a_verb_finds_later_are_tied_alike() -> None:
    form = Asked({"p-bare": "x"}, prefix="p")
    assert not form.is_valid() and points(form, "bare") == (None, None)
    assert points(form, "told") == ("id_p-told_hint id_p-told_error", "true")
    form.add_error(None, forms.ValidationError({"bare": ["refused"]}))
    assert points(form, "bare") == ("id_p-bare_error", "true")
