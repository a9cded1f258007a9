"""Write docs/reference/basis.md anew from the basis.toml beside the models."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "basis.md"


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from qinglian.web.basis import faults, page

    for fault in faults():
        print(fault, file=sys.stderr)
    PAGE.write_text(page(), "utf-8")
    return bool(faults())


if __name__ == "__main__":
    sys.exit(main())
