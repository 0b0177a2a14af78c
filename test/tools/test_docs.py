"""tools/docs collects what MkDocs needs, and finds what it renders differently from
GitHub. The stage `docs` of tools/test builds the site."""

import pytest

from lib.docs import site
from lib.shared.progress import Failure
from lib.shared.pypi import Unavailable
from lib.test import cli
from lib.test.report import Skipped


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A work tree with two documents, and the stand-ins for git and the cache."""
    files = {"README.md": "[a](pages/a.md#b) [samples](samples) [image](x.svg) [web](https://x)",
             "pages/a.md": "[up](../README.md) [file](../deploy/b.yaml)",
             "samples/c.yaml": "", "deploy/b.yaml": "", "deploy/unused.yaml": "", "x.svg": ""}
    for name, text in files.items():
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text(text)
    monkeypatch.setattr(site, "ROOT", tmp_path / "tree")
    monkeypatch.setattr(site, "tree_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(site, "cache_root", lambda: tmp_path / "cache")
    monkeypatch.setattr(site, "provide", lambda *_: tmp_path / "programs")
    monkeypatch.setattr(site.subprocess, "run", lambda *_, **__: type(
        "done", (), {"stdout": "README.md\npages/a.md\n"}))
    return tmp_path


@pytest.fixture
def rendered(tree, monkeypatch):
    """Replaces MkDocs: the function sets what it makes of the documents."""
    (tree / "site").mkdir()
    monkeypatch.setattr(site, "run_logged", lambda *_, **__: None)
    return (tree / "site/index.html").write_text


def test_documents_and_the_targets_of_their_links_are_collected(tree, rendered):
    rendered("")
    site.build(tree / "site")
    source = tree / "cache/site-source"
    assert sorted(str(file.relative_to(source)) for file in source.rglob("*.*")) == [
        "README.md", "deploy/b.yaml", "pages/a.md", "samples/README.md", "samples/c.yaml", "x.svg"]


def test_a_link_to_a_folder_leads_to_a_list_of_its_files(tree, rendered):
    rendered("")
    site.build(tree / "site")
    source = tree / "cache/site-source"
    assert "[samples](samples/README.md)" in (source / "README.md").read_text()
    assert "- [c.yaml](c.yaml)" in (source / "samples/README.md").read_text()


@pytest.mark.parametrize("text", [
    "Words:\n| a | b |\n|---|---|", "Words:\n- a\n- b", "Words:\n1. a", "Words:\n```sh"])
def test_a_table_or_list_that_is_shown_as_text_is_a_fault(tree, rendered, text):
    rendered(f"<h1>x</h1><p>{text}</p>")
    with pytest.raises(Failure, match="index.html: Words:"):
        site.build(tree / "site")


@pytest.mark.parametrize("page", [
    "<p>a | b, and\n100. The next</p>", "<pre><p>\n| a |\n- b</p></pre>", "<ul><li>a</li></ul>"])
def test_other_text_is_no_fault(page):
    assert not site.rendering_faults(page)


def test_without_the_package_index_the_stage_is_skipped(monkeypatch):
    def fail(_):
        raise Unavailable("cannot download")
    monkeypatch.setattr(cli.site, "build", fail)
    with pytest.raises(Skipped, match="cannot download"):
        cli.docs_stage()
