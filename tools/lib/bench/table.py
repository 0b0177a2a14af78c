"""The table of results. Pure."""

from dataclasses import dataclass

from .measure import ratio

FLOOR = "floor"
OURS = "ours"


@dataclass(frozen=True)
class Row:
    """A measured number of a scenario."""

    label: str
    key: str
    unit: str = "s"
    decimals: int = 1
    # The goal, for the value itself or for its ratio to the floor.
    at_most: float | None = None
    of_floor: bool = False
    # Whether the ratio to the floor says anything.
    compared: bool = True

    def goal(self) -> str:
        if self.at_most is None:
            return ""
        return f"<= {self.at_most:g}{'x' if self.of_floor else self._suffix()}"

    def text(self, value: float | None) -> str:
        if value is None:
            return "-"
        return f"{value:,.{self.decimals}f}{self._suffix()}"

    def is_met(self, results: dict[str, dict[str, float]]) -> bool | None:
        """Whether this operator meets the goal; None if there is none."""
        value = results.get(OURS, {}).get(self.key)
        if self.of_floor:
            value = ratio(value, results.get(FLOOR, {}).get(self.key))
        if self.at_most is None or value is None:
            return None
        return value <= self.at_most

    def _suffix(self) -> str:
        return f" {self.unit}" if self.unit not in ("", "x") else self.unit


def table(rows: list[Row], results: dict[str, dict[str, float]]) -> str:
    """`results`: the medians of each competitor, in the order of the columns."""
    others = [name for name in results if name != FLOOR and FLOOR in results]
    lines = [["", *results, *(f"{name}/{FLOOR}" for name in others), "goal",
              "met"]]
    for row in rows:
        values = {name: found.get(row.key) for name, found in results.items()}
        if all(value is None for value in values.values()):
            continue
        met = row.is_met(results)
        lines.append([
            row.label, *map(row.text, values.values()),
            *(_ratio_text(row, values[name], values.get(FLOOR))
              for name in others),
            row.goal(), {None: "", True: "yes", False: "NO"}[met]])
    return _aligned(lines)


def _ratio_text(row: Row, value, base) -> str:
    found = ratio(value, base) if row.compared else None
    return "" if found is None else f"{found:.2f}x"


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                  for place, (cell, width) in enumerate(zip(line, widths)))
        .rstrip() for line in lines)
