"""Draws how many tests are Ready over time, as SVG. Pure."""

from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 760, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 110, 24, 52
_POINTS = 200
_TICKS = 5
# Readable on white and on dark grey.
_COLOURS = ("#8a8f98", "#2f81f7", "#d9730d")
_STYLE = """
text { font: 13px sans-serif; fill: #57606a }
.grid { stroke: #57606a; stroke-opacity: .25 }
.curve { fill: none; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #b7bec8 }
  .grid { stroke: #b7bec8 }
}"""


def typical(curves: list[list[float]]) -> list[float]:
    """The curve whose end is the median, sorted."""
    ordered = sorted((sorted(one) for one in curves if one),
                     key=lambda one: one[-1])
    return ordered[(len(ordered) - 1) // 2] if ordered else []


def readiness(curves: dict[str, list[float]]) -> str:
    """`curves`: the moments at which tests became Ready, in seconds."""
    longest = max((one[-1] for one in curves.values() if one), default=1.0)
    most = max(map(len, curves.values()), default=1) or 1
    right = _nice(longest)
    top = _nice(most)

    def x(seconds: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * seconds / right

    def y(count: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * count / top

    parts = [f"<style>{_STYLE}</style>"]
    for tick in range(_TICKS + 1):
        seconds, count = right * tick / _TICKS, top * tick / _TICKS
        parts += [_line(_LEFT, y(count), x(right), y(count)),
                  _line(x(seconds), _TOP, x(seconds), y(0)),
                  _text(_LEFT - 8, y(count) + 4, f"{count:g}", "end"),
                  _text(x(seconds), y(0) + 18, f"{seconds:g}", "middle")]
    parts += [_text(x(right / 2), _HEIGHT - 10,
                    "seconds since the first creation", "middle"),
              _text(_LEFT, _TOP - 8, "tests that are Ready", "start")]
    label_places: list[float] = []
    for (name, moments), colour in zip(curves.items(), _COLOURS):
        if moments:
            parts.append(_curve(moments, x, y, colour))
            place = _free(y(len(moments)) + 4, label_places)
            parts.append(_text(x(moments[-1]) + 6, place,
                               f"{name} {moments[-1]:.1f} s", "start", colour))
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} '
            f'{_HEIGHT}" role="img" aria-label="Tests that are Ready over '
            f'time">\n{body}\n</svg>\n')


def _curve(moments: list[float], x, y, colour: str) -> str:
    step = max(1, len(moments) // _POINTS)
    shown = [*range(0, len(moments) - 1, step), len(moments) - 1]
    points = " ".join(f"{x(moments[at]):.1f},{y(at + 1):.1f}" for at in shown)
    return (f'<polyline class="curve" stroke="{colour}" '
            f'points="{x(0):.1f},{y(0):.1f} {points}"/>')


def _free(place: float, taken: list[float]) -> float:
    """Moves a label down until it does not cover another one."""
    while any(abs(place - other) < 16 for other in taken):
        place += 16
    taken.append(place)
    return place


def _nice(value: float) -> float:
    """A round number that is not smaller, and of which a fifth is round."""
    if value <= 0:
        return 1.0
    step = 1.0
    while step * 10 < value:
        step *= 10
    while step >= value:
        step /= 10
    return next(step * factor for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
                if step * factor >= value)


def _line(left: float, top: float, right: float, bottom: float) -> str:
    return (f'<line class="grid" x1="{left:.1f}" y1="{top:.1f}" '
            f'x2="{right:.1f}" y2="{bottom:.1f}"/>')


def _text(x: float, y: float, text: str, anchor: str, colour: str = "") -> str:
    style = f' style="fill: {colour}"' if colour else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>'
            f"{escape(text)}</text>")
