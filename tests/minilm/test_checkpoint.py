from __future__ import annotations

from tests.support import checkpoints
from tritonqa import Reader
from tritonqa.datasets import load_squad
from tritonqa.train.run import checkpoint_of
from tritonqa.train.start import Start


def test_the_checkpoint_is_the_packaged_readers_own() -> None:
    examples = load_squad(checkpoints.SAMPLE).examples[::12]
    asks = [(example.question, example.context) for example in examples]
    start = Start.open(checkpoint_of("tritonqa-minilm"))
    with Reader(start.in_process()) as whole, Reader() as packaged:
        pairs = zip(
            whole.ask_many(asks, no_answer_threshold=1.0),
            packaged.ask_many(asks, no_answer_threshold=1.0),
            strict=True,
        )
        same = [ours[0].text == theirs[0].text for ours, theirs in pairs]
    assert sum(same) >= 0.8 * len(same), f"{sum(same)} of {len(same)} answers are the same"
