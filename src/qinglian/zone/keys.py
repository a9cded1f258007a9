"""Every key that a pack can hold: what the reference has to describe."""

from __future__ import annotations

from qinglian.zone.forms import Record, keys_of
from qinglian.zone.sections import channels, matters, measures, zone_file

FORMS: dict[str, Record] = {
    zone_file.FILE: zone_file.FORM,
    measures.FILE: measures.FORM,
    channels.FILE: channels.FORM,
    "matters/*.toml": matters.FORM,
}


def every_key() -> dict[str, list[str]]:
    """File → dotted keys, in the order of its form."""
    return {file: list(keys_of(form)) for file, form in FORMS.items()}
