"""Small SVG charts whose colours are the page's: they read well light and dark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from tritonqa.bench.report.number import number

Point = tuple[float, float]
WIDTH, HEIGHT = 720, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 14, 46
COLOURS = 8
_ROOM = 110  # for a label right of its point


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; place maps a value to 0…1, ticks are values with their labels."""

    label: str
    place: Callable[[float], float]
    ticks: Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, in the colour of this number; labels stand at the points."""

    points: Sequence[Point]
    colour: int
    dashed: bool = False
    labels: Sequence[str] = ()


def linear(label: str, most: float) -> Axis:
    """Make an axis from 0 to at least this value, in steps of 1, 2 or 5."""
    top = most or 1.0
    step = 10 ** math.floor(math.log10(top / 4))
    step *= next(times for times in (1, 2, 5, 10) if top / (step * times) <= 5)
    count = math.ceil(top / step - 1e-9)
    return Axis(
        label, lambda value: value / (count * step), [(i * step, f"{i * step:g}") for i in range(count + 1)]
    )


def logarithmic(label: str, least: float, most: float) -> Axis:
    """Make an axis that holds these values, from one of 1, 2, 5, 10, 20… to another."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 2)
    steps = [times * 10.0**power for power in powers for times in (1, 2, 5)]
    low = max((step for step in steps if step <= least), default=steps[0])
    high = min(step for step in steps if step >= most and step > low)
    ticks = [(step, f"{step:g}") for step in steps if low <= step <= high]
    return Axis(label, lambda value: math.log(value / low) / math.log(high / low), ticks)


def tail(label: str) -> Axis:
    """Make an axis of shares that gives each nine as much room as the one before, as HdrHistogram's plots."""
    values = (0.0, 0.5, 0.9, 0.99, 0.999)
    return Axis(
        label,
        lambda share: -math.log10(1 - min(share, 0.9999)) / 3.3,
        [(value, f"{100 * value:g} %") for value in values],
    )


def chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """Draw lines over two axes."""
    parts = [*_grid(x, y)]
    for line in lines:
        spots = [(_x(x.place(a)), _y(y.place(b))) for a, b in line.points]
        kind = "dashed " if line.dashed else ""
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in spots)
        parts.append(f'<polyline class="{kind}line c{line.colour % COLOURS}" points="{path}"/>')
        dot = f"{'hollow' if line.dashed else 'dot'} c{line.colour % COLOURS}"
        parts += [f'<circle class="{dot}" cx="{a:.1f}" cy="{b:.1f}" r="3.5"/>' for a, b in spots]
        for (a, b), text in zip(spots, line.labels, strict=False):
            left = a > WIDTH - _ROOM
            anchor = f'x="{a + (-6 if left else 6):.1f}" text-anchor="{"end" if left else "start"}"'
            parts.append(f'<text class="at" {anchor} y="{b - 7:.1f}">{escape(text)}</text>')
    return _frame(title, HEIGHT, parts)


def bars(title: str, unit: str, rows: Sequence[tuple[str, Sequence[tuple[float, int]]]]) -> str:
    """Draw a bar a row, of parts (value, colour) end to end, with the sum behind it."""
    most = max((sum(value for value, _ in parts) for _, parts in rows), default=0.0) or 1.0
    drawn, room = [], WIDTH - 270 - 90
    for place, (name, parts) in enumerate(rows):
        top, at = 8 + 30 * place, 270.0
        drawn.append(f'<text class="name" x="262" y="{top + 15}">{escape(_short(name))}</text>')
        for value, colour in parts:
            wide = room * value / most
            drawn.append(
                f'<rect class="bar c{colour % COLOURS}" x="{at:.1f}" y="{top}" '
                f'width="{wide:.1f}" height="20"/>'
            )
            at += wide
        total = sum(value for value, _ in parts)
        drawn.append(
            f'<text class="at" x="{at + 6:.1f}" y="{top + 15}">{number(total)} {escape(unit)}</text>'
        )
    return _frame(title, 16 + 30 * len(rows), drawn)


def _grid(x: Axis, y: Axis) -> list[str]:
    right, low = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    parts = []
    for value, text in y.ticks:
        at = _y(y.place(value))
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
    for value, text in x.ticks:
        at = _x(x.place(value))
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{low}"/>')
        parts.append(f'<text class="tick" x="{at:.1f}" y="{low + 18}" text-anchor="middle">{text}</text>')
    middle = (_TOP + low) / 2
    parts.append(
        f'<text class="axis" x="{(_LEFT + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{escape(x.label)}</text>"
    )
    parts.append(
        f'<text class="axis" x="14" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 14 {middle})">{escape(y.label)}</text>'
    )
    return parts


def _frame(title: str, height: int, parts: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
    return "\n".join((head, f"<title>{escape(title)}</title>", *parts, "</svg>"))


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _short(text: str, most: int = 38) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
