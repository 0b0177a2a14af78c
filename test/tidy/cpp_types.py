"""Finds the types that a C++ file defines for the whole program.

This is not a compiler: it recognizes comments, literals, braces and the text before
a brace. That is enough for code that is formatted by clang-format and has no macros
with braces."""

import re

# In this order, so that a match inside another is skipped.
_SKIPPED = re.compile(
    r"""//[^\n]* | /\*.*?\*/
      | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*
      | R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_]\w*|\[\[.*?\]\]|::|[^\s\w]|\d[\w.']*")
_LABELS = (["public"], ["protected"], ["private"])
_KEYS = ("class", "struct", "union", "enum")


def tokens_of(text):
    return [token for token in _TOKEN.findall(_SKIPPED.sub(" ", text))
            if not token.startswith("[[")]


def types_in(text):
    """Qualified names of the classes and enumerations that a text defines, except
    those in an unnamed namespace or in a function."""
    found, scopes, head = [], [], []
    for token in tokens_of(text):
        if token == "{":
            scope = _scope_of(head)
            if scope is not None and None not in scopes and head[0] != (
                    "namespace") and _is_type(head):
                found.append("::".join(filter(None, [*scopes, scope])))
            scopes.append(scope)
            head = []
        elif token == "}":
            if scopes:
                scopes.pop()
            head = []
        elif token == ";" or (token == ":" and head in _LABELS):
            head = []
        else:
            head.append(token)
    return found


def _is_type(head):
    return any(key in head for key in _KEYS)


def _scope_of(head):
    """The name of the scope that a brace opens; "" for `extern "C"`; None for scopes
    whose names are not visible elsewhere."""
    head = _without_template(head)
    if head and head[0] == "inline":
        head = head[1:]
    if head[:1] == ["extern"] and len(head) == 1:
        return ""
    if head[:1] == ["namespace"]:
        return "".join(head[1:]) or None
    if not head or head[0] not in _KEYS or "(" in head or "=" in head:
        return None
    name = head[2:] if head[1:2] in (["class"], ["struct"]) else head[1:]
    if ":" in name:
        name = name[:name.index(":")]
    return "".join(token for token in name if token != "final") or None


def _without_template(head):
    """Removes `template <...>` at the beginning."""
    while head[:1] == ["template"]:
        depth = 0
        for place, token in enumerate(head):
            depth += (token == "<") - (token == ">")
            if token == ">" and depth == 0:
                head = head[place + 1:]
                break
        else:
            return []
    return head
