from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.support.byte_tokenizer import windows
from tritonqa.engine.base import Grouping
from tritonqa.engine.fair_queue import _LOOK, Turns
from tritonqa.engine.job import Job

MAX_JOINED, SHARE = 8, 2
LENGTHS = st.integers(1, 150)


def job(length: int, deadline: float | None = None) -> Job[int]:
    return Job(windows("x" * length), len, deadline)


@dataclass
class Modelled:
    """An ask as the model keeps it: its windows that wait."""

    job: Job[int]
    left: list[int]

    @property
    def weight(self) -> int:
        return min(len(self.left), SHARE)


class TurnsAreThoseOfAList(RuleBasedStateMachine):
    """Turns do what a plain list of asks would, which counts everything anew at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = Turns(MAX_JOINED)
        self.model: list[Modelled] = []

    @property
    def weight(self) -> int:
        return sum(one.weight for one in self.model)

    @rule(length=LENGTHS, late=st.booleans())
    def enter(self, length: int, late: bool) -> None:
        one = job(length, -1.0 if late else None)
        room = not self.model or self.weight + min(one.left, SHARE) <= MAX_JOINED
        assert self.turns.has_room(one) == room
        if room:
            self.turns.enter(one)
            self.model.append(Modelled(one, list(range(one.left))))

    @rule(
        most=st.integers(1, 4),
        tokens=st.one_of(st.none(), st.integers(1, 60)),
        alike=st.one_of(st.none(), st.integers(1, 16)),
        streams=st.integers(1, 3),
    )
    def take(self, most: int, tokens: int | None, alike: int | None, streams: int) -> None:
        group: list[tuple[Job[int], int]] = []
        lengths: list[int] = []
        share = ceil(sum(len(one.left) for one in self.model) / streams)
        gave = True
        while gave:
            gave = False
            for one in list(self.model):
                length = len(one.job.windows[one.left[0]]) if one.left else 0
                fits = tokens is None or sum(lengths) + length <= tokens
                same = alike is None or {ceil(n / alike) for n in lengths} <= {ceil(length / alike)}
                if len(group) < min(most, share) and (not group or (fits and same)):
                    group.append((one.job, one.left.pop(0)))
                    lengths.append(length)
                    self.model.remove(one)
                    self.model += [one] if one.left else []
                    gave = True
        assert self.turns.take(Grouping(most, tokens, alike), streams) == group

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(self.model))
        self.turns.leave(gone.job)
        self.turns.leave(gone.job)
        self.model.remove(gone)

    @rule()
    def late(self) -> None:
        late = {one.job for one in self.model if one.job.until is not None}
        assert set(self.turns.late(monotonic())) == late
        assert not self.turns.late(monotonic())
        for one in late:
            self.turns.leave(one)
        self.model = [one for one in self.model if one.job not in late]

    @rule()
    def clear(self) -> None:
        assert self.turns.clear() == [one.job for one in self.model]
        self.model = []

    @invariant()
    def counts(self) -> None:
        assert self.turns.windows == sum(len(one.left) for one in self.model)
        assert self.turns.full == (self.weight >= MAX_JOINED)


TestTurns = TurnsAreThoseOfAList.TestCase


@given(st.lists(LENGTHS, max_size=6))
def test_done_asks_are_let_go_before_their_deadline(lengths: list[int]) -> None:
    turns = Turns(1000)
    for length in lengths:
        turns.enter(job(length, 60.0))
    while turns.windows:
        turns.take(Grouping())
    assert not [kept for _, _, kept in turns._deadlines if kept() is not None]


def test_looks_past_so_many_asks_and_no_more() -> None:
    for others, together in ((_LOOK - 1, 2), (_LOOK, 1)):
        turns = Turns(1000)
        first, *between, last = job(1), *(job(15) for _ in range(others)), job(1)
        for one in (first, *between, last):
            turns.enter(one)
        assert turns.take(Grouping(2, alike=4)) == [(first, 0), (last, 0)][:together]
        assert turns.take(Grouping()) == [(between[0], 0)]
