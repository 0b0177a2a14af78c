"""Statistics of measured values. Pure."""

from collections.abc import Iterable


def median(values: Iterable[float]) -> float:
    return percentile(values, 50)


def percentile(values: Iterable[float], share: float) -> float:
    """Between two values it interpolates. `share`: 0 to 100."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    place = (len(ordered) - 1) * share / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def medians(rounds: list[dict]) -> dict[str, float]:
    """The median of each number over all rounds that have it."""
    names = {name: None for one in rounds for name in one}
    return {name: median([one[name] for one in rounds if name in one])
            for name in names}


def ratio(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None
