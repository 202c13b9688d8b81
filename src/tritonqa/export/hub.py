"""Hub id → a folder in the Hub's cache on this machine, each file checked against the Hub's own record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tritonqa.digests import sha256
from tritonqa.errors import ExportError, InputError, MissingExtra, Unavailable, first_line
from tritonqa.progress import Report, silent

_NAME = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
_WANTED = ("*.json", "*.safetensors", "vocab.txt", "merges.txt", "*.model")
_CHECKED = "*.bin"  # never fetched, but known, so that a checkpoint of pickles is refused by name


@dataclass(frozen=True, slots=True)
class HubName:
    """owner/name, pinned to a revision (branch, tag or commit) with @."""

    id: str
    revision: str | None = None

    @classmethod
    def parse(cls, text: str) -> HubName:
        """Read owner/name or owner/name@revision; raises InputError."""
        found = _NAME.fullmatch(text)
        if not found or ".." in text:
            raise InputError(f"{text!r} is no Hub id; write owner/name or owner/name@revision")
        return cls(found[1], found[2])

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.id}@{self.revision}" if self.revision else self.id


@dataclass(frozen=True, slots=True)
class Download:
    """A checkpoint's folder, the commit it is at, and the licence its card states."""

    folder: Path
    revision: str
    licence: str | None


def is_hub_name(text: str) -> bool:
    """Say whether a name has the form of a Hub id."""
    return bool(_NAME.fullmatch(text)) and ".." not in text and not text.startswith(".")


def download(name: HubName, report: Report = silent, token: str | None = None) -> Download:
    """Fetch config, tokenizer and safetensors, resuming what was begun; without network take what is cached.

    token is shown to the Hub, the one that was logged in with otherwise.

    Raises ExportError for what the Hub refuses or sends damaged, Unavailable without network, MissingExtra.
    """
    try:
        from huggingface_hub import HfApi
    except ImportError as error:
        raise MissingExtra("huggingface_hub", "torch") from error
    with _plain_errors(name):
        try:
            info = HfApi(token=token).model_info(name.id, revision=name.revision, files_metadata=True)
        except Exception as error:
            if _status(error) is not None or (found := _cached(name)) is None:
                raise
            return found
        files = [file for file in info.siblings or () if _wanted(file.rfilename)]
        pickles = [file.rfilename for file in info.siblings or () if fnmatch(file.rfilename, _CHECKED)]
        if pickles and not any(file.rfilename.endswith(".safetensors") for file in files):
            raise ExportError(
                f"{name} has its weights only in {pickles[0]}, which can run code when it is loaded; "
                "use a revision with safetensors"
            )
        folder = _fetch(name, str(info.sha), files, report, token)
    card = info.card_data
    return Download(folder, str(info.sha), str(card.license) if card and card.license else None)


def _wanted(file: str) -> bool:
    return "/" not in file and any(fnmatch(file, pattern) for pattern in _WANTED)


def _fetch(name: HubName, commit: str, files: list[Any], report: Report, token: str | None) -> Path:
    """Fetch the files, config.json last: where it is cached, all are."""
    from huggingface_hub import hf_hub_download

    if not any(file.rfilename == "config.json" for file in files):
        raise ExportError(f"{name} holds no config.json; is it a model of transformers?")
    total, done, folder = sum(file.size or 0 for file in files), 0, Path()
    report("downloading", 0, total)
    for file in sorted(files, key=lambda file: file.rfilename == "config.json"):
        path = Path(
            hf_hub_download(
                name.id, file.rfilename, revision=name.revision, tqdm_class=_no_bar(), token=token
            )
        )
        _check(file, path)
        done, folder = done + path.stat().st_size, path.parent
        if folder.name != commit:
            raise ExportError(f"{name} changed while it was downloaded; try again")
        report("downloading", done, total)
    return folder


def _check(file: Any, path: Path) -> None:
    """Compare size and hash with the Hub's record; a file that differs is removed, to be fetched anew."""
    size = path.stat().st_size
    wrong = file.size is not None and size != file.size
    if wrong or (file.lfs is not None and sha256(path) != file.lfs.sha256):
        path.resolve().unlink()
        path.unlink(missing_ok=True)
        raise ExportError(
            f"{file.rfilename} arrived damaged ({size} bytes, not {file.size}); it was removed, try again"
        )


def _no_bar() -> Any:
    """Make the Hub's own bar silent: the command has one for the whole."""
    from tqdm import tqdm

    class Silent(tqdm):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*arguments, **{**options, "disable": True})

    return Silent


def _cached(name: HubName) -> Download | None:
    """Find a checkpoint that was downloaded before."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name.id, "config.json", revision=name.revision)
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    return Download(folder, folder.name, None)


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    code = getattr(response, "status_code", None)
    return code if isinstance(code, int) else None


@contextmanager
def _plain_errors(name: HubName) -> Iterator[None]:
    """Say in one sentence what the Hub, or the way to it, refused."""
    from huggingface_hub import errors

    try:
        yield
    except (ExportError, KeyboardInterrupt):
        raise
    except errors.GatedRepoError as error:
        raise ExportError(
            f"{name} is gated: ask for access on its page, then log in: hf auth login"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ExportError(
            f"{name.id} has no revision {name.revision!r}; see its page for those it has"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ExportError(f"the Hub has no {name.id}, or only after a login: hf auth login") from error
    except Exception as error:  # the client and its transport raise many kinds
        raise _other(name, error) from error


def _other(name: HubName, error: Exception) -> Exception:
    code = _status(error)
    if code in (401, 403):
        return ExportError(f"the Hub gives {name.id} only after a login: hf auth login")
    if code == 429:
        return ExportError(f"the Hub has had too many requests from here (429); try {name} again later")
    if code is not None:
        return ExportError(f"the Hub answered {code} for {name}; try again later")
    reason = first_line(error)
    if "onsistency" in reason:
        return ExportError(f"a file of {name} arrived damaged: the Hub named another size; try again")
    return Unavailable(f"{name} is not in the cache, and the Hub can't be reached: {reason}")
