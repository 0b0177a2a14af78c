"""References from code and documents to sections of documents have a target.

Code cites a section of docs/behaviour by its path from the root, for example
`docs/behaviour/lifecycle.md#finalizer`; the anchor is that of the heading."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

REFERENCE = re.compile(r"\bdocs/(?:[\w-]+/)*[\w-]+\.md(?:#[\w-]+)?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")

# Numbers of rules and sections in documents that are not in the tree.
FOREIGN = re.compile(r"[(:,;\"] ?B(?:[1-9]|[12]\d|3\d)(?:[).,:;\"]|$)"
                     r"|\b(?:Rules?|rules?) [AB]\d|/// [AB]\d+[.:,]|\"A\d: "
                     r"|\bspec/[a-z]+\.md|§ ?\d|\b[Cc]ontract,? (?:section|Events|Jobs)")
# A file or folder of the tree, relative to its root.
PATH = re.compile(r"([\w.-]+)/[\w./-]*")
TOPS = {"actors", "protocol", "test", "tools", "deploy", "docs", ".ci", ".github", "cmake"}


def tracked(*patterns):
    output = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    return [file for file in map(Path, output.splitlines()) if (ROOT / file).is_file()]


THIS = Path(__file__).resolve().relative_to(ROOT)
DOCUMENTS = tracked("*.md")
TEXTS = [file for file in tracked("*.cpp", "*.hpp", "*.py", "*.md", "*.yaml", "*.json", "*.cmake",
                                  "*.tpl", "*CMakeLists.txt", "tools", ".ci", ".github")
         if file != THIS and file.suffix not in (".gz", ".sum", ".mod")]


def text_of(file):
    return (ROOT / file).read_text(errors="replace")


@cache
def anchors_of(document):
    """The anchors of the headings, as GitHub creates them."""
    anchors, seen = set(), {}
    for line in FENCED.sub("", text_of(document)).splitlines():
        if heading := re.match(r"#{1,6} +(.*)", line):
            words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading[1]).strip().lower()
            anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            count = seen[anchor] = seen.get(anchor, -1) + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
    return anchors


def leads_nowhere(path, anchor):
    if not (ROOT / path).exists():
        return True
    return bool(anchor) and path.suffix == ".md" and anchor not in anchors_of(path)


def lines_with(pattern, files):
    return [(file, number, found) for file in files
            for number, line in enumerate(text_of(file).splitlines(), 1)
            for found in pattern.finditer(line)]


def test_anchors_are_those_of_github():
    anchors = anchors_of(Path("docs/behaviour/lifecycle.md"))
    assert {"finalizer", "spec-drift", "intent-before-the-master-job"} <= anchors


def test_references_to_documents_lead_to_a_section():
    found = lines_with(REFERENCE, TEXTS)
    assert len(found) > 100
    assert not [f"{file}:{number}: {reference[0]}" for file, number, reference in found
                if leads_nowhere(Path(reference[0].partition("#")[0]),
                                 reference[0].partition("#")[2])]


def test_links_lead_to_a_section():
    broken = []
    for file in DOCUMENTS:
        for link in LINK.findall(FENCED.sub("", text_of(file))):
            path, _, anchor = link.partition("#")
            if "://" in link:
                continue
            target = (ROOT / file.parent / path).resolve() if path else ROOT / file
            if not target.is_relative_to(ROOT) or leads_nowhere(target.relative_to(ROOT), anchor):
                broken.append(f"{file}: {link}")
    assert not broken


def test_no_document_is_cited_that_is_not_in_the_tree():
    assert not [f"{file}:{number}: {found[0]}"
                for file, number, found in lines_with(FOREIGN, TEXTS)]


def test_files_that_documents_name_exist():
    named = [(file, word) for file in DOCUMENTS
             for word in CODE.findall(FENCED.sub("", text_of(file)))
             if (path := PATH.fullmatch(word)) and path[1] in TOPS]
    assert len(named) > 30
    assert not [f"{file}: {word}" for file, word in named if not (ROOT / word).exists()]
