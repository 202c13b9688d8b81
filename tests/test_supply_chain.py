"""The locks fit what is declared; releases hold no stored token."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BUILD = ("hatchling", "editables")


@pytest.mark.parametrize(("lock", "extras"), [("demo", ["triton"]), ("test", ["dev"])])
def test_a_lock_holds_all_that_is_declared_by_hash_and_as_it_was_tested(lock: str, extras: list[str]) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    for package in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in package, package
    locked = dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", text, re.MULTILINE))
    wanted = _names([*_declared(ROOT, extras), *BUILD])
    if lock == "test":
        wanted |= _names(_declared(ROOT / "integrations" / "haystack", ["test"]))
    assert wanted <= locked.keys()
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    tested = re.findall(r"^(\S+?)==(\S+)$", constraints, re.MULTILINE)
    assert [pair for pair in tested if locked.get(pair[0].lower(), pair[1]) != pair[1]] == []


def _declared(folder: Path, extras: list[str]) -> list[str]:
    """Return what a distribution needs with some extras, and with those that they name."""
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    found, known = list(project["dependencies"]), project["optional-dependencies"]
    while extras:
        needed = known.get(extras.pop(), [])
        found += needed
        extras += [name for each in needed for name in re.findall(r"^tritonqa\[(\w+)\]", each)]
    return found


def _names(requirements: Iterable[str]) -> set[str]:
    """Return the names of packages but our own, as a lock writes them."""
    names = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower().replace("_", "-") for each in requirements}
    return names - {"tritonqa"}


def test_a_release_needs_no_stored_secret() -> None:
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        assert "secrets." not in text and re.search(
            r"^permissions:\n  contents: read$", text, re.MULTILINE
        ), file
