"""Creates CEL validations of the CRD.

They must be accepted by Kubernetes 1.29 and newer, which estimates the worst-case
cost of each rule. Some expressions are unusual because of that:

- `a in [b]` means `a == b` for strings, but the estimate is one step for any
  length.
- `list.map(x, wrong, text)[0]` is the message for the first wrong item, because
  only the items of the list itself have a known maximum length.

Evaluation must also be cheap, because every status write evaluates the rules.
Access to an object is expensive: the API server creates a map of all fields of
its type, 31 for a volume. So the rules compare lists of strings, and
`[list].all(name, ...)` gives such a list a name.
"""

import re

# A rule applies only to changes. An object that was stored before the rule existed
# must stay writable: its status, labels and finalizers. Newer API servers ensure
# this by themselves ("ratcheting"), but Kubernetes 1.29 does not. So each rule
# also passes if the fields that it depends on are unchanged. The expression is
# valid both if the API server supports optionalOldSelf (oldSelf is an optional)
# and if it drops it, as 1.29 does (oldSelf is the value, and the rules apply to
# updates only).
EXISTS = "!(dyn(oldSelf) in [dyn(optional.none())])"

PLACE = re.compile(r"\$\{([^}]*)\}")


def text(template):
    """A template as a CEL string; ${...} in it is a CEL expression."""
    parts = PLACE.split(template)
    quoted = [part if odd else quote(part) for part, odd in zip(parts, [False, True] * len(parts))]
    return " + ".join(part for part in quoted if part != "''")


def quote(words):
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def plain(template):
    """A template without the parts that need CEL."""
    return re.sub(r'( of)? "\$\{[^}]*\}"', "", template)


def present(path):
    """CEL for: each field in self.a.b is present."""
    names = path.split(".")
    return " && ".join(f"has({'.'.join(names[:end])})" for end in range(2, len(names) + 1))


def unchanged(*paths):
    """CEL for: these fields are unchanged."""
    return " && ".join(f"dyn(dyn(oldSelf){field}) in [dyn(self{field})]" for field in (
        path.removeprefix("self").replace(".", ".?") for path in paths))


def unique(texts):
    """CEL for: this list of strings has no duplicates."""
    return f"[{texts}].all(list, list.all(one, list.exists_one(other, other in [one])))"


def rule(wrong, says, at, reason=None, unless=None):
    """One validation. `wrong` is CEL; `at` is the path of the field in the message,
    relative to the node with the rule; `reason` is Invalid, Required or Forbidden
    (with Duplicate the API server omits the message); `unless` is CEL for: the
    rule does not apply."""
    return finished(f"!({wrong})", text(says), says, at, reason, unless)


def each(items, name, wrong, says, reason=None, sees=(), holds=None):
    """A validation of every item of a list, or key of a map; its message names the
    first wrong one. `sees` are the other fields that it depends on; `holds` is a
    cheaper expression for: none is wrong."""
    return finished(f"!({present(items)}) || {holds or f'!{items}.exists({name}, {wrong})'}",
                    f"{items}.map({name}, {wrong}, {text(says)})[0]", says,
                    items.removeprefix("self"), reason, unchanged(items, *sees))


def finished(holds, message, says, at, reason=None, unless=None):
    """One validation. `holds` and `message` are CEL; `says` is the template of the
    message."""
    made = {"rule": f"{holds} || {unless}", "optionalOldSelf": True, "message": plain(says)}
    if PLACE.search(says):
        made["messageExpression"] = message
    if reason:
        made["reason"] = f"FieldValue{reason}"
    made["fieldPath"] = at
    return made
