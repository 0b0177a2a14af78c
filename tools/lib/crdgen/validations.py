"""CEL validations: from what is forbidden to rules that an API server takes.

They have to pass Kubernetes 1.29 up to today's, whose estimates of what a rule
may cost are worst cases, so some things are said in an odd way:

- `a in [b]` is `a == b` for strings, at the price of one step however long they
  may be.
- The first of a list that is wrong is named by list.map(x, wrong, text)[0],
  since only the items of the list itself have a known greatest length.

And they should cost little when they are evaluated, which every write of a
status does. Looking into an object is dear: the API server makes anew a map of
all fields that its type has, 31 in case of a volume. So lists are compared as
lists of strings, to which [list].all(name, ...) gives a name.
"""

import re

# A rule judges what is new. An object that was stored before the rule came has
# to stay writable: its status, its labels, its finalizers. An API server does
# that by itself for what a write does not change ("ratcheting"), but not
# Kubernetes 1.29. So what breaks a rule may do so if all that the rule depends on
# is as it was, which is said in a way that is valid whether the API server
# honours optionalOldSelf (then oldSelf is an optional) or, as 1.29 does, drops it
# (then oldSelf is the value, and rules hold for updates only).
EXISTS = "!(dyn(oldSelf) in [dyn(optional.none())])"

PLACE = re.compile(r"\$\{([^}]*)\}")


def text(template):
    """A template as a CEL string: ${...} in it is CEL of its own."""
    parts = PLACE.split(template)
    quoted = [part if odd else quote(part) for part, odd in zip(parts, [False, True] * len(parts))]
    return " + ".join(part for part in quoted if part != "''")


def quote(words):
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def plain(template):
    """A template without what only CEL can fill in."""
    return re.sub(r'( of)? "\$\{[^}]*\}"', "", template)


def present(path):
    """CEL for: each field on the way to self.a.b is there."""
    names = path.split(".")
    return " && ".join(f"has({'.'.join(names[:end])})" for end in range(2, len(names) + 1))


def unchanged(*paths):
    """CEL for: these fields are as they were, or absent as they were."""
    return " && ".join(f"dyn(dyn(oldSelf){field}) in [dyn(self{field})]" for field in (
        path.removeprefix("self").replace(".", ".?") for path in paths))


def unique(texts):
    """CEL for: no two in this list of strings are the same."""
    return f"[{texts}].all(list, list.all(one, list.exists_one(other, other in [one])))"


def rule(wrong, says, at, reason=None, unless=None):
    """One validation. `wrong` is CEL; `at` the path of the field to blame, seen
    from the node that has the rule; `reason` Invalid, Required or Forbidden (with
    Duplicate the API server leaves the message out); `unless` CEL for: not to be
    judged."""
    return finished(f"!({wrong})", text(says), says, at, reason, unless)


def each(items, name, wrong, says, reason=None, sees=(), holds=None):
    """A validation of every item of a list, or key of a map; it names the first
    that is wrong. `sees` are the other fields that it depends on; `holds` says in
    a cheaper way that none is wrong."""
    return finished(f"!({present(items)}) || {holds or f'!{items}.exists({name}, {wrong})'}",
                    f"{items}.map({name}, {wrong}, {text(says)})[0]", says,
                    items.removeprefix("self"), reason, unchanged(items, *sees))


def finished(holds, message, says, at, reason=None, unless=None):
    """One validation. `holds` is CEL; so is `message`, which says the same as the
    template `says`."""
    made = {"rule": f"{holds} || {unless}", "optionalOldSelf": True, "message": plain(says)}
    if PLACE.search(says):
        made["messageExpression"] = message
    if reason:
        made["reason"] = f"FieldValue{reason}"
    made["fieldPath"] = at
    return made
