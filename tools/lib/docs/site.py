"""Builds the documents as a site, with MkDocs."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from ..shared.paths import ROOT, cache_root, tree_folder
from ..shared.progress import Failure, run_logged, step
from ..shared.pypi import PYTHON, provide

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def build(site: Path) -> None:
    """Builds the site in this folder. Raises Failure, also if a link leads nowhere."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    programs = provide(f"mkdocs-{key}", ["--requirement", REQUIREMENTS])
    source = tree_folder() / "site-source"
    _collect(source)
    log = cache_root() / "logs/docs.log"
    log.unlink(missing_ok=True)
    environment = {
        **os.environ, "PYTHONPATH": str(programs), "PYTHONDONTWRITEBYTECODE": "1",
        "DOCS_SOURCE": str(source), "DOCS_SITE": str(site), "NO_MKDOCS_2_WARNING": "1"}
    with step("building the site"):
        run_logged([PYTHON, "-m", "mkdocs", "build", "--strict", "--config-file",
                    ROOT / "mkdocs.yml"], log, "the site has faults", env=environment)
    if faults := [f"{file.relative_to(site)}: {text}" for file in sorted(site.rglob("*.html"))
                  for text in rendering_faults(file.read_text())]:
        raise Failure("tables and lists need an empty line before them, and none within:\n"
                      + "\n".join(faults))


def rendering_faults(page: str) -> list[str]:
    """Paragraphs of a page that were meant as a table or a list. GitHub accepts more."""
    text = re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    return [paragraph for paragraph in re.findall(r"<p>(.*?)</p>", text, re.DOTALL)
            if re.search(r"^\s*(\|.*\||- .*|\d\. .*|```.*)$", paragraph, re.MULTILINE)]


def _collect(source: Path) -> None:
    """Copies the documents, and the files that they link to. MkDocs reads one folder,
    and must not find the caches and builds of a work tree."""
    shutil.rmtree(source, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "--", "*.md", ":!.github"],
                            cwd=ROOT, text=True, check=True, stdout=subprocess.PIPE)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            _copy_page(Path(name), source)


def _copy_page(page: Path, source: Path) -> None:
    text = LINK.sub(lambda link: _follow(link, page.parent, source), (ROOT / page).read_text())
    (source / page).parent.mkdir(parents=True, exist_ok=True)
    (source / page).write_text(text)


def _follow(link: re.Match, folder: Path, source: Path) -> str:
    """Copies the target of a link. Returns the link, which needs a page instead of a
    folder."""
    target = Path(os.path.normpath(folder / link[1]))
    if (ROOT / target).is_dir():
        _list_folder(target, source)
        return link[0].replace(link[1], link[1].rstrip("/") + "/README.md")
    if (ROOT / target).is_file() and target.suffix != ".md":
        _copy(target, source)
    return link[0]


def _copy(file: Path, source: Path) -> None:
    (source / file).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / file, source / file)


def _list_folder(folder: Path, source: Path) -> None:
    """A page with the files of a folder, as GitHub shows."""
    files = sorted(file.name for file in (ROOT / folder).iterdir() if file.is_file())
    for name in files:
        if not name.endswith(".md"):
            _copy(folder / name, source)
    if "README.md" not in files:
        (source / folder / "README.md").write_text(
            f"# {folder}\n\n" + "".join(f"- [{name}]({name})\n" for name in files))
