"""A form whose fields point at their hints, and at what is wrong with them, for whoever does not see them."""

from __future__ import annotations

from typing import Any

from django import forms


class Described(forms.Form):
    """What is wrong is tied to its field whenever it is found out, by the form or by a verb after it."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{self.add_prefix(key)}_hint"

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        for key in self.fields.keys() & self.errors.keys():
            place, each = f"id_{self.add_prefix(key)}", self.fields[key]
            about = [f"{place}_hint"] * bool(each.help_text) + [f"{place}_error"]
            each.widget.attrs |= {"aria-invalid": "true", "aria-describedby": " ".join(about)}
