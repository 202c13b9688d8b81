"""Keys of callers: a file of their hashes, one a line."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any

from tritonqa.checks import check_fields, text, whole_number
from tritonqa.errors import InputError
from tritonqa.library.store import Scope
from tritonqa.web.scope import member, record_of, scope_of

_BYTES = 32  # of a key: random enough that a plain hash gives nothing away


@dataclass(frozen=True, slots=True)
class Key:
    """Who may ask: a name for the log, the SHA-256 of the key, calls a minute, and what it may see.

    None: without end, and everything. Who may see a part of the library can't change it.
    """

    name: str
    sha256: str
    per_minute: int | None = None
    scope: Scope | None = None

    def __post_init__(self) -> None:
        """Raise InputError by name."""
        check_fields(self, text, "name", "sha256")
        if self.per_minute is not None:
            check_fields(self, whole_number, "per_minute", least=1)
        if len(self.sha256) != 64 or not set(self.sha256) <= set("0123456789abcdef"):
            raise InputError("sha256 must be 64 hexadecimal digits", "sha256")


def key_of(name: str, secret: str, per_minute: int | None = None, scope: Scope | None = None) -> Key:
    """Return the key of a secret, which is not kept."""
    return Key(name, sha256(secret.encode()).hexdigest(), per_minute, scope)


def holder(keys: Sequence[Key], secret: str) -> Key | None:
    """Return the key whose secret was shown; all are compared, in a time that tells nothing."""
    shown = sha256(secret.encode()).hexdigest()
    found = [key for key in keys if compare_digest(key.sha256, shown)]
    return found[0] if found else None


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read a file of keys, a JSON object a line; raises InputError that names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"keys {path} can't be read ({error}); make one with --add-key NAME", "keys"
        ) from error
    keys = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                keys.append(_read(json.loads(line)))
            except (ValueError, TypeError) as error:  # InputError too, which does not know the line
                raise InputError(f"keys {path}, line {number} is no key: {error}", "keys") from error
    if len({key.name for key in keys}) < len(keys):
        raise InputError(f"keys {path} has two keys of one name; names tell them apart in the log", "keys")
    return tuple(keys)


def add_key(path: Path, name: str, per_minute: int | None = None, scope: Scope | None = None) -> str:
    """Write a new key's hash at the end of a file, and return the key: it is shown this once.

    Raises InputError for a name that is there already, and where the file can't be written.
    """
    if path.exists() and name in {key.name for key in read_keys(path)}:
        raise InputError(f"key {name!r} is in {path} already; take another name, or delete its line", "name")
    secret = secrets.token_urlsafe(_BYTES)
    line = json.dumps(_record(key_of(name, secret, per_minute, scope)), ensure_ascii=False)
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        path.chmod(0o600)
    except OSError as error:
        raise InputError(f"keys {path} can't be written: {error.strerror}", "keys") from error
    return secret


def _read(record: Any) -> Key:
    if not isinstance(record, dict):
        raise ValueError("give an object with name and sha256")
    scoped = {"scope": scope_of(member(record, "scope"))} if record.get("scope") is not None else {}
    return Key(**(record | scoped))


def _record(key: Key) -> dict[str, Any]:
    scoped = {"scope": record_of(key.scope)} if key.scope is not None else {}
    return {"name": key.name, "sha256": key.sha256, "per_minute": key.per_minute, **scoped}
