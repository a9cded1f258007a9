"""A field of a form that takes files: what is there already is listed, each with a button that removes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.papers import limits
from qinglian.capabilities.files.queries import HeldFile, endings
from qinglian.faults import Fault
from qinglian.zone import Field


class PapersInput(forms.FileInput):
    template_name = "cases/papers_input.html"
    allow_multiple_selected = True

    def __init__(self, field: Field) -> None:
        bounds = limits(field)
        attributes = {"accept": ",".join(f".{each}" for each in endings(bounds.accept))}
        super().__init__(attributes | ({"multiple": True} if bounds.most_files > 1 else {}))
        self.key, self.bounds = field.key, bounds
        self.files: Sequence[HeldFile] = ()
        self.complaints: Sequence[tuple[str, Fault]] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What the draft holds: files came in before the form is read; a hash that is typed is nothing."""
        if self.complaints:
            return ["?"]
        return [each.sha for each in self.files]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        more = len(self.files) < self.bounds.most_files
        about = {"files": self.files, "key": self.key, "more": more, "bounds": self.bounds}
        return found | about | {"kinds": pgettext("list", ", ").join(self.bounds.accept)}


class PapersField(forms.Field):
    widget: PapersInput

    def __init__(self, field: Field, **common: Any) -> None:
        common["error_messages"] = {"required": _("Choose a file.")}
        super().__init__(widget=PapersInput(field), **common)

    def shows(self, files: Sequence[HeldFile], complaints: Sequence[tuple[str, Fault]]) -> None:
        self.widget.files, self.widget.complaints = files, complaints

    def clean(self, value: Any) -> list[str]:
        wrong = [
            forms.ValidationError(
                gettext("“%(name)s”: %(why)s."),
                params={"name": name, "why": gettext(fault.template) % fault.params},
            )
            for name, fault in self.widget.complaints
        ]
        if wrong:
            raise forms.ValidationError(wrong)
        found = [each.sha for each in self.widget.files]
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found
