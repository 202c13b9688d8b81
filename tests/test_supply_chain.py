"""The lock fits what is declared; releases hold no stored token."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements" / "demo.txt").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", LOCK, re.MULTILINE))


def test_the_lock_holds_all_that_the_demo_needs_by_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["triton"], "hatchling", "editables"]
    names = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in wanted}
    assert names <= LOCKED.keys()
    for package in re.split(r"\n(?=\S)", LOCK.strip()):
        assert "--hash=sha256:" in package, package


def test_the_lock_has_the_versions_that_were_tested() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    tested = {
        name.lower(): version for name, version in re.findall(r"^(\S+?)==(\S+)$", constraints, re.MULTILINE)
    }
    assert {name: LOCKED[name] for name in tested.keys() & LOCKED.keys()} == {
        name: tested[name] for name in tested.keys() & LOCKED.keys()
    }


def test_a_release_needs_no_stored_secret() -> None:
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        assert "secrets." not in text and re.search(
            r"^permissions:\n  contents: read$", text, re.MULTILINE
        ), file
