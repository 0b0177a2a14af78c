"""Reads the configuration of the image from the Dockerfile's last stage."""

import json
import re
import shlex

_ARGUMENT = re.compile(r"\$\{(\w+)\}")


class Unreadable(Exception):
    """An instruction that a build without an engine would ignore."""


def configuration(text: str, arguments: dict[str, str]) -> dict:
    """The `config` of an image: user, entry point, labels.

    `arguments` are those of --build-arg. Empty labels are left out.
    """
    found, known = {}, {}
    for word, rest in _last_stage(text):
        if word == "ARG":
            name, _, default = rest.partition("=")
            known[name] = arguments.get(name, default.strip('"'))
            continue
        value = _ARGUMENT.sub(lambda match: known[match[1]], rest)
        if word == "LABEL":
            pairs = (pair.partition("=") for pair in shlex.split(value))
            found["Labels"] = {name: text for name, _, text in pairs if text}
        elif word == "USER":
            found["User"] = value
        elif word == "ENTRYPOINT":
            found["Entrypoint"] = json.loads(value)
        elif word != "COPY":
            raise Unreadable(f"{word} in the last stage of the Dockerfile is "
                             "not supported by tools/lib/image/dockerfile.py")
    return found


def base(text: str) -> str:
    """The base image of the first stage."""
    return re.search(r"^ARG BASE=(\S+)", text, re.MULTILINE)[1]


def _last_stage(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines()
             if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    instructions = [tuple(line.strip().split(None, 1))
                    for line in joined.splitlines() if line.strip()]
    begin = max(index for index, (word, _) in enumerate(instructions)
                if word == "FROM")
    return instructions[begin + 1:]
