"""Judge how much the weights should take of each run of the recipe.

    python -m models.minilm.experiments.blend START --data DIR BLENDS…

BLENDS is a share for each run, as in 0.5,1. Runs that train.py has not done are done; each blend is judged as
search.py judges, in fp32 by every second held-out article. Figures go to results/NAME/blend.json.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from models.minilm.experiments.mix import RESULTS, runs_of
from models.minilm.experiments.search import judge
from models.minilm.experiments.train import blended, copied, parser, train
from tritonqa.export import ExportOptions, export
from tritonqa.reader.load import load_in_process
from tritonqa.train.run import training_folder
from tritonqa.train.start import Start


def main() -> None:
    """Blend, export, judge, write."""
    line = parser(__doc__)
    line.add_argument("blends", nargs="+", type=lambda text: [float(share) for share in text.split(",")])
    options = line.parse_args()
    start, folder = Start.open(options.start, new_head=True), training_folder(options.output)
    before = copied(start)
    runs = runs_of(options.data, options.recipe)
    learnt = [train(start, before, run, folder / run.name) for run in runs]
    rows = []
    for blends in options.blends:
        start.model.load_state_dict(blended(before, learnt, blends))
        with tempfile.TemporaryDirectory() as stage:
            start.save(start.model, Path(stage) / "checkpoint")
            bundle = export(Path(stage) / "checkpoint", Path(stage) / "bundle", ExportOptions(("onnx",)))
            found = judge(load_in_process(str(bundle.folder)), options.data)
        rows.append({**dict(zip((run.name for run in runs), blends, strict=True)), **found})
        print(json.dumps(rows[-1]), flush=True)
    results = RESULTS / options.name
    results.mkdir(parents=True, exist_ok=True)
    (results / "blend.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
