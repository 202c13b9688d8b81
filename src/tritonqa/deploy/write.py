"""Objects → YAML files in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from tritonqa.checks import one_of
from tritonqa.deploy.compose import compose
from tritonqa.deploy.kserve import kserve
from tritonqa.deploy.kubernetes import adapter, kubernetes
from tritonqa.deploy.options import TARGETS, DeployOptions
from tritonqa.deploy.pod import Record
from tritonqa.errors import MissingExtra, OutputError
from tritonqa.staging import folder_beside

HEADER = "# Written by `tritonqa deploy {}`: write it again rather than change it.\n"
_OURS = HEADER.partition(" {}")[0].encode()
_DESCRIBE: Mapping[str, Callable[[DeployOptions], dict[str, list[Record]]]] = {
    "kubernetes": kubernetes,
    "kserve": kserve,
    "compose": compose,
}


def deploy(target: str, folder: Path, options: DeployOptions) -> list[Path]:
    """Write the files of a target into a folder; return them.

    What an earlier run for this target wrote there is replaced. Raises InputError for what can't be deployed
    so, OutputError for a file of somebody else's and where the folder can't be written; nothing is
    half-written.
    """
    texts = _texts(one_of("target", target, TARGETS), options)
    try:
        heads = {path: _head(path) for path in folder.rglob("*.yaml") if path.is_file()}
        for name in texts:
            if name.endswith(".yaml") and not heads.get(folder / name, _OURS).startswith(_OURS):
                raise OutputError(
                    f"{folder / name} is not of `tritonqa deploy`; move it away, or name another folder"
                )
        for name, text in texts.items():
            _replace(folder / name, text)
        for path, head in heads.items():
            if head == HEADER.format(target).encode() and path.relative_to(folder).as_posix() not in texts:
                path.unlink()
    except OSError as error:
        raise OutputError(f"{folder} can't be written: {error.strerror}; choose another place") from error
    return [folder / name for name in texts]


def _texts(target: str, options: DeployOptions) -> dict[str, str]:
    head = HEADER.format(target)
    found = {f"{name}.yaml": head + _yaml(objects) for name, objects in _DESCRIBE[target](options).items()}
    if target == "kubernetes":
        found["helm/prometheus-adapter.yaml"] = head + _yaml([adapter(options)])
    if target == "compose":
        for name, text in _copied(files("tritonqa.deploy") / "files"):
            found[name] = text if name.endswith(".json") else head + text
    return found


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.readline(len(HEADER) + len(_OURS))


def _copied(folder: Traversable, above: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for item in folder.iterdir():
        name = f"{above}{item.name}"
        found += _copied(item, f"{name}/") if item.is_dir() else [(name, item.read_text("utf-8"))]
    return found


def _yaml(objects: Sequence[Record]) -> str:
    try:
        import yaml
    except ImportError as error:
        raise MissingExtra("pyyaml", "deploy") from error

    class Plain(yaml.SafeDumper):  # type: ignore[misc]
        """Write what stands at several places at each of them."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    return str(yaml.dump_all(objects, Dumper=Plain, sort_keys=False, allow_unicode=True, width=110))


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(path) as folder:
        staged = folder / path.name
        staged.write_text(text, encoding="utf-8")
        staged.replace(path)
