"""Finds the shortest plan that still breaks a rule."""


def shortest(plan, breaks):
    """Leaves out as much of `plan` as possible while `breaks(rest)` is true, which
    it must be for the whole. Nothing of the result can be left out (delta
    debugging: halves first, then ever smaller parts)."""
    rest = list(plan)
    if rest and breaks([]):
        return []
    parts = 2
    while len(rest) > 1:
        size = -(-len(rest) // parts)
        for begin in range(0, len(rest), size):
            shorter = rest[:begin] + rest[begin + size:]
            if breaks(shorter):
                rest = shorter
                parts = max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts = min(2 * parts, len(rest))
    return rest
