"""What stands in deploy/ calls commands and settings that exist."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.house.test_documents import COMMANDS
from tests.house.tree import DOCS, ROOT, read

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
CALLED = re.compile(r"/opt/qinglian/bin/qinglian((?: [a-z][a-z-]*| --[a-z-]+(?: [^\s-][^\s]*)?)+)")


# What each service is kept from; left out are only what a Python program needs (to load its own code), and
# addresses, since letters and hooks go anywhere.
KEPT_FROM = {
    "NoNewPrivileges": "true", "UMask": "0077", "ProtectSystem": "strict", "ProtectHome": "true",
    "PrivateDevices": "true", "PrivateTmp": "true", "PrivateUsers": "true", "CapabilityBoundingSet": "",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "RestrictNamespaces": "true",
    "SystemCallArchitectures": "native", "User": "qinglian", "StateDirectory": "qinglian",
}  # fmt: skip
EXPOSED = 15  # tenths, as `systemd-analyze security` counts: 100 is everything


def calls(text: str) -> list[list[str]]:
    plain = text.replace('", "', " ").replace('"]', "\n")  # a command of the container file may be a list
    return [shlex.split(found) for found in CALLED.findall(plain)]


def unit_of(file: Path) -> configparser.RawConfigParser:
    found = configparser.RawConfigParser(strict=False)  # SystemCallFilter stands twice: the second takes away
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(read(file))
    return found


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """systemd-analyze, with no colours, and nothing of this machine's own units."""
    found = shutil.which("systemd-analyze")
    if not found:
        pytest.skip("units held against systemd: systemd-analyze is not here; apt-get install systemd")
    return subprocess.run([found, *words], capture_output=True, text=True)


@pytest.mark.parametrize("file", [*UNITS, DEPLOY / "Containerfile"], ids=lambda file: file.name)
def test_every_command_called_exists_with_its_options(file: object) -> None:
    found = calls(read(file))  # type: ignore[arg-type]
    assert found
    for words in found:
        verbs = [word for word in words if not word.startswith("-")]
        command = next(
            c for n in range(len(verbs), 0, -1) if (c := "qinglian " + " ".join(verbs[:n])) in COMMANDS
        )
        assert command.count(" ") >= 2, words
        assert not [o for o in words if o.startswith("--") and o not in COMMANDS[command]], words


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_each_service_is_kept_from_what_it_does_not_need(file: Path) -> None:
    service = dict(unit_of(file)["Service"])
    assert {name: service.get(name) for name in KEPT_FROM} == KEPT_FROM
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"


def test_units_wait_as_long_as_an_upgrade_takes_and_never_stop_trying() -> None:
    """systemd ends a start after 90 seconds by itself, and gives up after five tries in ten."""
    server, worker = (unit_of(DEPLOY / f"{name}.service") for name in ("qinglian", "qinglian-worker"))
    assert server["Service"]["TimeoutStartSec"] == "infinity" and server["Service"]["Type"] == "notify"
    assert {unit["Unit"]["StartLimitIntervalSec"] for unit in (server, worker)} == {"0"}
    assert "qinglian.service" in worker["Unit"]["After"]


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """`verify` also asks that each program exists, so a program of every machine stands for ours."""
    files = [*UNITS, *sorted(DEPLOY.glob("*.timer"))]
    for file in files:
        (tmp_path / file.name).write_text(read(file).replace("/opt/qinglian/bin/qinglian", "/bin/true"))
    ran = analyze("verify", *(tmp_path / file.name for file in files))
    ours = [line for line in ran.stderr.splitlines() if "qinglian" in line]
    assert ran.returncode == 0 and not ours, ran.stderr


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_systemd_finds_each_service_little_exposed(file: Path) -> None:
    ran = analyze("security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager", file)
    assert ran.returncode == 0, ran.stdout[-200:] + ran.stderr


def test_the_account_of_the_units_is_the_one_that_is_made() -> None:
    lines = [line.split() for line in read(DEPLOY / "qinglian.sysusers").splitlines() if line[:1] == "u"]
    assert [(line[1], line[-1]) for line in lines] == [("qinglian", "/var/lib/qinglian")]


def instructions() -> list[tuple[str, str]]:
    whole = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", read(DEPLOY / "Containerfile"), flags=re.MULTILINE))
    return [
        (name, rest.strip()) for name, rest in (line.split(" ", 1) for line in whole.splitlines() if line)
    ]


def test_the_container_file_copies_what_is_there_and_runs_as_nobody_special() -> None:
    told = instructions()
    for name, rest in told:
        if name == "COPY" and not rest.startswith("--from"):
            assert all((ROOT / each).exists() for each in rest.split()[:-1]), rest
    names = [name for name, _rest in told]
    assert ("USER", "qinglian") in told and names.index("USER") < names.index("ENTRYPOINT")
    assert dict(told)["VOLUME"] in dict(told)["ENV"], "what must last lies in the volume"
    for name in ("HEALTHCHECK", "ENTRYPOINT"):
        listed = json.loads(dict(told)[name].partition("CMD ")[2] or dict(told)[name])
        assert listed[0] in ("/bin/sh", "/opt/qinglian/bin/qinglian")


def test_extras_that_the_container_installs_are_ours() -> None:
    asked = re.search(r"'\.\[([a-z,]+)\]'", read(DEPLOY / "Containerfile"))
    extras = re.findall(r"^([a-z-]+) = \[", read(ROOT / "pyproject.toml"), re.MULTILINE)
    assert asked and set(asked[1].split(",")) <= set(extras)


def test_every_setting_of_the_example_is_described() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", read(DEPLOY / "environment.example"), re.MULTILINE))
    told = read(DOCS / "reference" / "settings.md")
    assert names and not [name for name in names if f"`{name}`" not in told]
