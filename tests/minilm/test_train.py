from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.minilm.experiments import train
from tests.support import checkpoints
from tritonqa.datasets import load_squad, save_examples

pytestmark = pytest.mark.slow

RECIPE = """
[[run]]
name = "all"
blend = 0.25

[[run]]
name = "one"
blend = 1.0
epochs = 0.5
shares = { "a.jsonl" = 0.0 }

[[data]]
file = "a.jsonl"

[[data]]
file = "b.jsonl"

[held-out]
files = ["held.jsonl"]

[recipe]
epochs = 1.0
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    examples = load_squad(checkpoints.SAMPLE).examples
    titles = sorted({example.title for example in examples})
    for name, part in (("a", titles[0::3]), ("b", titles[1::3]), ("held", titles[2::3])):
        chosen = [example for example in examples if example.title in part][:6]
        save_examples(tmp_path / f"{name}.jsonl", chosen)
    (tmp_path / "recipe.toml").write_text(RECIPE)
    return tmp_path


def test_each_run_sets_out_from_the_start_and_gives_its_share(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, out = checkpoints.make("bert", tmp_path / "start"), tmp_path / "out"
    argv = ["train.py", str(start), "--data", str(data), "--output", str(out), "--name", "x"]
    monkeypatch.setattr("sys.argv", [*argv, "--recipe", str(data / "recipe.toml")])
    monkeypatch.setattr(train, "RESULTS", tmp_path / "results")
    train.main()

    before, after = (load_file(folder / "model.safetensors") for folder in (start, out))
    whole, part = (_averaged(tmp_path / "out.training" / name) for name in ("all", "one"))
    assert whole.keys() == part.keys() and whole
    for name in whole:
        wanted = before[name] + 0.25 * (whole[name] - before[name]) + (part[name] - before[name])
        assert torch.allclose(after[name], wanted, atol=1e-6)
    assert any(not torch.equal(whole[name], part[name]) for name in whole)
    assert all(torch.equal(after[name], before[name]) for name in before.keys() - whole.keys())

    record = json.loads((tmp_path / "results" / "x" / "run.json").read_text())
    kept = [{file: count["kept"] for file, count in run["data"].items()} for run in record["runs"]]
    assert kept == [{"a.jsonl": 6, "b.jsonl": 6}, {"a.jsonl": 0, "b.jsonl": 6}]
    assert (tmp_path / "results" / "x" / "loss.png").stat().st_size > 1000


def _averaged(folder: Path) -> dict[str, torch.Tensor]:
    known = load_file(folder / "state" / "state.safetensors")
    return {
        name.removeprefix("average.module."): known[name] for name in known if name.startswith("average.")
    }
