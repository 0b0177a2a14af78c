"""SPDX names of the licences of Debian packages."""

import re

NO_ASSERTION = "NOASSERTION"

# Debian's names that are not SPDX's, in lower case; see "License
# specification" in Debian's machine-readable copyright format 1.0.
_SPDX = {
    "expat": "MIT", "mit": "MIT", "isc": "ISC", "curl": "curl",
    "zlib": "Zlib", "apache-2.0": "Apache-2.0", "bsl-1.0": "BSL-1.0",
    "boost-1.0": "BSL-1.0", "cc0-1.0": "CC0-1.0",
    "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause",
    "mpl-2.0": "MPL-2.0", "openldap-2.8": "OLDAP-2.8",
    "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later",
    "gpl-3": "GPL-3.0-only", "gpl-3+": "GPL-3.0-or-later",
    "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only", "lgpl-2.1+": "LGPL-2.1-or-later",
    "lgpl-3": "LGPL-3.0-only", "lgpl-3+": "LGPL-3.0-or-later",
}
_HEAD = "Format:"
_FILES = re.compile(r"^Files:\s*\*\s*$", re.MULTILINE)
_LICENCE = re.compile(r"^License:[ \t]*(.+)$", re.MULTILINE)


def declared(copyright_text: str) -> str:
    """The licence that a copyright file states for all files; NOASSERTION if the
    file is not machine-readable or the licence has no SPDX name."""
    if not copyright_text.startswith(_HEAD):
        return NO_ASSERTION
    for paragraph in re.split(r"\n\s*\n", copyright_text):
        if _FILES.search(paragraph):
            named = _LICENCE.search(paragraph)
            return _expression(named[1]) if named else NO_ASSERTION
    return NO_ASSERTION


def _expression(text: str) -> str:
    words = []
    for word in re.split(r"[\s,]+", text.strip()):
        if word.lower() in ("and", "or"):
            words.append(word.upper())
        elif word.lower() in _SPDX:
            words.append(_SPDX[word.lower()])
        else:
            return NO_ASSERTION
    return " ".join(words)
