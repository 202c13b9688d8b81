from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from support import windows
from tritonqa.engine.base import Grouping
from tritonqa.engine.job import Job
from tritonqa.engine.turns import Turns

MOST, SHARE = 8, 2
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
        self.turns = Turns(MOST)
        self.model: list[Modelled] = []

    @property
    def weight(self) -> int:
        return sum(one.weight for one in self.model)

    @rule(length=LENGTHS, late=st.booleans())
    def enter(self, length: int, late: bool) -> None:
        one = job(length, -1.0 if late else None)
        room = not self.model or self.weight + min(one.left, SHARE) <= MOST
        assert self.turns.has_room(one) == room
        if room:
            self.turns.enter(one)
            self.model.append(Modelled(one, list(range(one.left))))

    @rule(most=st.integers(1, 4), tokens=st.one_of(st.none(), st.integers(1, 60)), streams=st.integers(1, 3))
    def take(self, most: int, tokens: int | None, streams: int) -> None:
        group: list[tuple[Job[int], int]] = []
        size = 0
        share = ceil(sum(len(one.left) for one in self.model) / streams)
        while self.model and len(group) < min(most, share):
            first = self.model[0]
            size += len(first.job.windows[first.left[0]])
            if group and tokens is not None and size > tokens:
                break
            group.append((first.job, first.left.pop(0)))
            self.model.pop(0)
            self.model += [first] if first.left else []
        assert self.turns.take(Grouping(most, tokens), streams) == group

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
        assert self.turns.full == (self.weight >= MOST)


TestTurns = TurnsAreThoseOfAList.TestCase


@given(st.lists(LENGTHS, max_size=6))
def test_done_asks_are_let_go_before_their_deadline(lengths: list[int]) -> None:
    turns = Turns(1000)
    for length in lengths:
        turns.enter(job(length, 60.0))
    while turns.windows:
        turns.take(Grouping())
    assert not [kept for _, _, kept in turns._deadlines if kept() is not None]
