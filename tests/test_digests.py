from __future__ import annotations

import os
from hashlib import sha256 as hashed
from pathlib import Path

import pytest

from tritonqa.digests import fresh_sha256, holds, sha256


def test_a_file_that_looks_unchanged_is_hashed_anew_where_that_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    before, stat = sha256(file), file.stat()
    assert before == fresh_sha256(file) == hashed(b"one").hexdigest()
    file.write_bytes(b"two")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert sha256(file) == before
    assert fresh_sha256(file) == hashed(b"two").hexdigest()
    assert holds(file, hashed(b"two").hexdigest()) and not holds(file, before)


def test_what_can_not_be_read_holds_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        assert not holds(path, hashed(b"").hexdigest())
        with pytest.raises(OSError):
            fresh_sha256(path)
