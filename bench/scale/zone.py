"""A zone with many units: the Qianhai demonstration, and counters below its service centre."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
COUNTERS = 48
CLERKS = 5  # of each counter
PARENT = "service-centre"
# username → (name, unit, role): those who sign in; they see one counter, all of them, everything.
READERS = {
    "bench-clerk": ("林（示例）", "counter-01", "clerk"),
    "bench-supervisor": ("苏（示例）", PARENT, "supervisor"),
    "bench-head": ("唐（示例）", "zone-authority", "head"),
}
# Whoever acts in the lives that are copied: of the service centre, and of the units that it sends to.
ACTING = {
    "bench-li": (PARENT, "clerk"), "bench-mo": (PARENT, "clerk"), "bench-zhao": (PARENT, "head"),
    "bench-wang": (PARENT, "supervisor"),
    "bench-qian": ("market-regulator", "clerk"), "bench-zheng": ("integrity-station", "clerk"),
    "bench-wu": ("integrity-station", "head"), "bench-he": ("organisation-dept", "clerk"),
}  # fmt: skip


def counter(n: int) -> str:
    return f"counter-{n:02}"


def make_pack(folder: Path) -> Path:
    """A copy of the Qianhai pack with the counters in it; what is there already stays."""
    pack = folder / "zone"
    if not pack.exists():
        shutil.copytree(ROOT / "zones" / "qianhai", pack)
        more = []
        for n in range(1, COUNTERS + 1):
            said = f'zh-Hans = "第{n}服务点（示例）", zh-Hant = "第{n}服務點（示例）"'
            said += f', en = "Counter {n} (example)"'
            more.append(f'\n[[unit]]\nid = "{counter(n)}"\nparent = "{PARENT}"\ntitle = {{ {said} }}\n')
        text = (pack / "zone.toml").read_text("utf-8")
        head, mark, rest = text.partition("\n# How closely things are held")
        (pack / "zone.toml").write_text(head + "".join(more) + mark + rest, "utf-8")
    return pack


@dataclass(frozen=True)
class Staff:
    """Ids of people: of each counter, and of those who act in the lives."""

    clerks: dict[str, list[int]]
    heads: dict[str, int]
    acting: dict[str, int]  # username → person
    names: dict[int, str]
    accounts: list[int]  # of users who ask by an account


def appoint_staff(until: date, words) -> Staff:
    """Readers and those who act by the desk's own verbs; the many others of the counters as rows."""
    from django.contrib.auth import get_user_model

    from qinglian.capabilities.parties.actions import appoint
    from qinglian.capabilities.parties.factors import DEMONSTRATION_PASSWORD, give_demonstration_factor
    from qinglian.capabilities.parties.models import Person, Post

    since = until - timedelta(days=5 * 365)
    acting = {}
    for username, (name, unit, role) in READERS.items():
        person = appoint(username, name, unit, role, since, DEMONSTRATION_PASSWORD)
        give_demonstration_factor(person.user)
    for username, (unit, role) in ACTING.items():
        acting[username] = appoint(username, f"{username}（示例）", unit, role, since, "!").pk
    clerks, heads, posts = {}, {}, []
    for n in range(1, COUNTERS + 1):
        unit, own = counter(n), []
        for role in ["head"] + ["clerk"] * CLERKS:
            person = Person.objects.create(name=words.person())
            posts.append(Post(person=person, unit_id=unit, role=role, since=since))
            if role == "head":
                heads[unit] = person.pk
            else:
                own.append(person.pk)
        clerks[unit] = own
    Post.objects.bulk_create(posts)
    clerks[counter(1)][0] = Person.objects.get(user__username="bench-clerk").pk
    user = get_user_model()
    made = user.objects.bulk_create(
        user(username=f"asker-{n}", email=f"asker-{n}@example.com", password="!") for n in range(200)
    )
    names = dict(Person.objects.values_list("pk", "name"))
    return Staff(clerks, heads, acting, names, [each.pk for each in made])
