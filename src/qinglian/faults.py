"""What is wrong, where, and how to mend it: one class, below every floor.

A template is English with named placeholders; whoever shows it translates the template
first and fills it afterwards. Nothing here reads a catalogue.
"""

from __future__ import annotations


def noop(text: str) -> str:
    """Mark a template for translation; import it as `_`."""
    return text


class Fault(ValueError):
    """One fault of an input: `Fault(_("no such unit %(unit)r; write …"), line=3, unit="x")`.

    file, line (from 1) and key say where; any may be unknown when it is raised and
    be filled in by the caller that knows, with `at`.
    """

    def __init__(
        self,
        template: str,
        *,
        file: str | None = None,
        line: int | None = None,
        key: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(template)
        self.template, self.params = template, params
        self.file, self.line, self.key = file, line, key

    def at(self, *, file: str | None = None, line: int | None = None, key: str | None = None) -> Fault:
        """The same fault, with whatever part of its place was still unknown."""
        self.file = self.file or file
        self.line = self.line or line
        self.key = self.key or key
        return self

    @property
    def where(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place} {self.key}".strip() if self.key else place

    def __str__(self) -> str:
        message = self.template % self.params if self.params else self.template
        return f"{self.where}: {message}" if self.where else message


class Faults(ValueError):
    """Everything found wrong in one reading, told at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
