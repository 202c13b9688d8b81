"""A bundle → the engine and precision that this machine runs it with."""

from __future__ import annotations

import json
from pathlib import Path

from tritonqa.bundle import Bundle
from tritonqa.engine import Choice, choices, cpu
from tritonqa.engine.choose import named
from tritonqa.folders import cache_folder


def choose(bundle: Bundle, engine: str | None = None, precision: str | None = None) -> Choice:
    """Pick the engine and precision; a choice remembered for this machine comes before the rule.

    Raises BundleError when the file of the choice is damaged.
    """
    found = available(bundle)
    if engine is None and precision is None:
        known = remembered().get(_key(bundle))
        found.sort(key=lambda choice: str(choice) != known)
    choice = named(found, engine, precision)
    bundle.verify(choice.file)
    return choice


def available(bundle: Bundle) -> list[Choice]:
    """List the choices a bundle has on this machine, best first by the rule."""
    return choices([(bundle.path(f.file), f.kind, f.precision) for f in bundle.manifest.formats])


def remember(bundle: Bundle, choice: Choice) -> Path:
    """Write down the doctor's choice for this bundle on this machine; return the file."""
    path = _memory()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**remembered(), _key(bundle): str(choice)}, indent=2), encoding="utf-8")
    return path


def remembered() -> dict[str, str]:
    """Read the doctor's choices; none when there are none or they can't be read."""
    try:
        found = json.loads(_memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _memory() -> Path:
    return cache_folder() / "doctor.json"


def _key(bundle: Bundle) -> str:
    files = "-".join(item.sha256[:12] for item in bundle.manifest.formats)
    return f"{bundle.manifest.name}-{files}-{cpu.model()}"
