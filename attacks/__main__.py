"""`make attacks`: do every deed on a copy of a played site, and say who sees it.

python -m attacks [NAME …]      do them and print the table
python -m attacks --write       put the table into docs/explanation/attacks.md too
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from attacks import stage, watch
from attacks.deeds import DEEDS

PAGE = stage.ROOT / "docs" / "explanation" / "attacks.md"
BEGIN, END = "<!-- made by `make attacks` -->", "<!-- up to here -->"


@dataclass(frozen=True)
class Seen:
    name: str
    what: str
    public: watch.Seen | None
    witness: watch.Seen | None
    record: watch.Seen | None
    inspector: watch.Seen | None

    @property
    def row(self) -> str:
        said = [each[0] if each else "–" for each in (self.public, self.witness, self.record, self.inspector)]
        return " | ".join(["", self.what, *said, ""]).strip()


def attack(folder: Path, name: str) -> Seen:
    with stage.copied(folder, name) as site:
        (folder / name / "site.witnesses").write_text((site.data / "witnesses.toml").read_text())
        DEEDS[name](site)
        return _seen(site, name)


def _seen(site: stage.Site, name: str) -> Seen:
    from qinglian.capabilities.cases.models import CaseEvent
    from qinglian.capabilities.cases.queries import export_texts
    from qinglian.capabilities.ledger.queries import export
    from qinglian.faults import Fault
    from qinglian.web.comparing import differences

    outside = site.outside
    with tempfile.TemporaryDirectory() as folder:
        today = Path(folder)
        try:
            export(today)
            export_texts(today)
        except Fault as fault:
            public = beside = ("nothing can be exported any more", str(fault))
        else:
            public = watch.public_files(outside.export, today, outside.trust)
            beside = watch.witness(outside.witness, today, outside.trust)
    shown = dict(CaseEvent.objects.filter(case=site.case_id).values_list("seq", "data"))
    record = watch.kept_record(outside.record, outside.trust, shown)
    found = [str(each) for each in differences()]
    what = (DEEDS[name].__doc__ or "").strip()
    inspector = ("rows are not what was logged", found[0]) if found else None
    return Seen(name, what, public, beside, record, inspector)


def run(names: list[str]) -> list[Seen]:
    with stage.played() as folder:
        return [attack(folder, name) for name in names or DEEDS]


def table(seen: list[Seen]) -> str:
    head = ["| what is done | public files | the witness | the applicant's record | an inspector |"]
    return "\n".join([*head, "|---|---|---|---|---|", *(each.row for each in seen)])


def main(words: list[str]) -> int:
    seen = run([word for word in words if not word.startswith("--")])
    for each in seen:
        caught = "caught" if each.public or each.witness else "NOT CAUGHT"
        print(f"{each.name}: {caught} from public files and a witness")
        for who in ("public", "witness", "record", "inspector"):
            if said := getattr(each, who):
                print(f"    {who}: {said[0]}" + (f" ({said[1]})" if said[1] else ""))
    if "--write" in words:
        text = PAGE.read_text("utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n\n{table(seen)}\n\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
