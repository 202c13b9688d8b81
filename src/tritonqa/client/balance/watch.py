"""What looks after several servers beside the calls: late calls, health, names in DNS."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial

from tritonqa.client.address import Address
from tritonqa.client.balance.call import BalancedCall
from tritonqa.client.balance.fleet import Fleet
from tritonqa.client.balance.server import Server
from tritonqa.client.resolve import expand
from tritonqa.errors import Timeout, TritonQAError, Unavailable

_LATE_CHECK = 0.05  # seconds between looks for late calls
_LOOK = 0.1  # seconds between looks whether a server is to be asked how it is
_ANSWER = 0.5  # seconds in which it must say so
_CLOSE, _NAMES_CHECK = 0.5, 5.0


def watch(fleet: Fleet, given: Sequence[Address], model: str) -> None:
    """Look after a fleet until it is closed or forgotten; given are its addresses, names unresolved."""
    _repeat(fleet, _look_for_late, _LATE_CHECK)
    for server in fleet.servers:
        _watch_health(fleet, server, model)
    if any(server.address.name for server in fleet.servers):
        _repeat(fleet, partial(_look_up, given=given, model=model), _NAMES_CHECK)


def _repeat(fleet: Fleet, step: Callable[[Fleet], float | None], pause: float) -> None:
    """Take a step again and again in a thread, which does not keep the fleet: step returns the next pause."""
    args = (weakref.ref(fleet), fleet.closed, step, pause)
    threading.Thread(target=_run, args=args, name="tritonqa-watch", daemon=True).start()


def _run(
    of: weakref.ref[Fleet], closed: threading.Event, step: Callable[[Fleet], float | None], first: float
) -> None:
    pause: float | None = first
    while pause is not None and not closed.wait(pause):
        fleet = of()
        pause = None if fleet is None else step(fleet)
        del fleet


def _look_for_late(fleet: Fleet) -> float:
    for late in fleet.late():
        owner: BalancedCall = late.owner
        owner.send_elsewhere(late)
    return _LATE_CHECK


def _watch_health(fleet: Fleet, server: Server, model: str) -> None:
    _repeat(fleet, partial(_look_after, server=server, model=model), 0.0 if server.problem else _LOOK)


def _look_after(fleet: Fleet, server: Server, model: str) -> float | None:
    """Ask a server how it is when it is time, or has been quiet; None where it is asked no more."""
    if server not in fleet.servers:
        return _close_when_idle(server)
    try:
        if server.is_quiet():
            server.client.ready(_ANSWER)
        elif server.is_due():
            server.check()
            _check(fleet, server, model)
        else:
            return _LOOK
        server.hear()
    except TritonQAError as error:
        fleet.leave(server, str(error), is_gone=isinstance(error, Unavailable | Timeout))
    return _LOOK


def _check(fleet: Fleet, server: Server, model: str) -> None:
    """Ask a server whether it is ready, and what it runs."""
    if server.client.ready(_ANSWER):
        fleet.found_well(server, server.client.config(model))
    else:
        fleet.leave(server, "it is not ready", is_gone=False)


def _close_when_idle(server: Server) -> float | None:
    if server.under_way:
        return _CLOSE
    server.client.close()
    return None


def _look_up(fleet: Fleet, given: Sequence[Address], model: str) -> float:
    """Take in the servers that DNS names anew, and leave those it names no more."""
    named = expand(given)
    if named is not None:
        known = {server.address: server for server in fleet.servers}
        for address in named:
            if address not in known:
                _watch_health(fleet, fleet.add(address), model)
        for address in known.keys() - set(named):
            fleet.remove(known[address])
    return _NAMES_CHECK
