"""One of several servers: what is under way there, how fast it answers, whether it takes more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from tritonqa.client.address import Address
from tritonqa.client.base import Cancel, Client
from tritonqa.errors import Overloaded, Timeout, Unavailable
from tritonqa.protocol.call import Call, Tensors

_MEMORY = 0.95  # what is left of an answer's weight when the next has come
_FIRST_REST, _LONGEST_REST = 0.05, 2.0  # seconds without asks after a refusal, or after it was gone
_CHARACTERS = 500  # that cost as much as an ask itself
_LATE, _LATE_TIMES = 0.25, 4.0  # a call is late after so many seconds, and so many times what is usual
_UNKNOWN = 2.0  # seconds until it is late where nothing was answered yet
_QUIET = 0.25  # seconds without an answer after which a server is asked whether it is there
_WELL_CHECK, _ILL_CHECK = 2.0, 0.5  # seconds between questions how a server is


@dataclass(eq=False, slots=True)
class Try:
    """A call that was sent to a server: who is told, the work it is, since when, when it is late."""

    owner: Any
    server: Server
    work: float
    since: float
    late_at: float
    cancel: Cancel | None = None
    is_spread: bool = False  # sent to another server too

    def drop(self) -> None:
        """Tell the server that nobody waits."""
        if self.cancel is not None:
            self.cancel()


@dataclass(eq=False, slots=True)
class Server:
    """What is known of a server; the balancer's lock guards all of it but the client.

    Its pace is the seconds that it is busy for a unit of work, the latest answers counting most.
    """

    address: Address
    client: Client
    is_ready: bool = True
    is_gone: bool = False
    problem: str = ""
    config: Mapping[str, Any] | None = None
    differs: str = ""
    under_way: dict[Try, None] = field(default_factory=dict)
    _heard: float = 0.0
    _checked: float = field(default_factory=monotonic)
    _answered: float = 0.0
    _waiting: float = 0.0  # work under way
    _busy: float = 0.0
    _took: float = 0.0
    _done: float = 0.0  # work
    _rests_until: float = 0.0
    _rest: float = _FIRST_REST

    def takes_asks(self) -> bool:
        """Say whether asks may be sent there."""
        return self.is_ready and not self.differs and monotonic() >= self._rests_until

    @property
    def pace(self) -> float | None:
        """Return the seconds a unit of work took; None before the first answer."""
        return self._busy / self._done if self._done else None

    def wait(self, work: float, pace: float) -> float:
        """Return the seconds until so much more work would be done; pace counts where it has none."""
        return (self._waiting + work) * (self.pace or pace)

    def unlike(self, work: float) -> float:
        """Return how far so much work is from the mean of what is under way; engines run likes together."""
        return abs(self._waiting / len(self.under_way) - work) if self.under_way else 0.0

    def begin(self, owner: Any, work: float) -> Try:
        """Count a call that is sent now."""
        now = monotonic()
        if not self.under_way:
            self._answered = self._heard = now
        usual = max(self.wait(work, 0.0), self._usual(work))
        late = max(_LATE, _LATE_TIMES * usual) if self._done else _UNKNOWN
        sent = Try(owner, self, work, now, now + late)
        self.under_way[sent] = None
        self._waiting += work
        return sent

    def end(self, sent: Try, found: Tensors | Exception) -> None:
        """Learn from what came of a call."""
        self._take_out(sent)
        if isinstance(found, Overloaded):
            self._begin_rest()
        elif not isinstance(found, Unavailable | Timeout):
            self._rest = _FIRST_REST
            self._count(sent)

    def give_up(self, sent: Try) -> None:
        """Wait no more for a call."""
        self._take_out(sent)

    def leave(self, problem: str, *, is_gone: bool) -> None:
        """Send nothing more there until it was found well; one that is gone answers nothing any more."""
        if self.is_ready:
            self._begin_rest()
        self.is_ready, self.is_gone, self.problem = False, is_gone, problem

    def come_back(self) -> None:
        """Let it be asked again."""
        self.is_ready, self.is_gone, self.problem = True, False, ""

    def is_quiet(self) -> bool:
        """Say whether calls are under way and nothing was heard for a while."""
        return self.is_ready and bool(self.under_way) and monotonic() - self._heard > _QUIET

    def is_due(self) -> bool:
        """Say whether it is time to ask it how it is."""
        return monotonic() - self._checked > (_WELL_CHECK if self.is_ready else _ILL_CHECK)

    def hear(self) -> None:
        """Remember that it is there."""
        self._heard = monotonic()

    def check(self) -> None:
        """Remember that it was asked how it is."""
        self._checked = monotonic()

    def late(self) -> list[Try]:
        """List the calls that are late and were not sent to another server too: all where it is gone."""
        now = monotonic()
        return [t for t in self.under_way if not t.is_spread and (self.is_gone or now >= t.late_at)]

    def _begin_rest(self) -> None:
        self._rests_until, self._rest = monotonic() + self._rest, min(_LONGEST_REST, 2 * self._rest)

    def _usual(self, work: float) -> float:
        return self._took / self._done * work if self._done else 0.0

    def _take_out(self, sent: Try) -> None:
        del self.under_way[sent]
        self._waiting = self._waiting - sent.work if self.under_way else 0.0

    def _count(self, sent: Try) -> None:
        now = monotonic()
        self._busy = _MEMORY * self._busy + now - self._answered
        self._took = _MEMORY * self._took + now - sent.since
        self._done = _MEMORY * self._done + sent.work
        self._answered = self._heard = now


def work_of(call: Call) -> float:
    """Estimate what a call costs: one for itself, and its texts' or numbers' length."""
    sizes = (
        sum(map(len, array.flat)) if array.dtype == object else 4 * array.size
        for array in call.inputs.values()
    )
    return 1.0 + sum(sizes) / _CHARACTERS
