"""Rules of the source tree that the compiler does not check. They come from
docs/architecture.md and CONTRIBUTING.md."""

import re

import pytest

from tracked import CPP, FILES, ROOT, SOURCES, includes_of, text_of

LINES = 400
COLUMNS = 80


def including(pattern, allowed, among=SOURCES):
    """Files with a matching include, except those that may have it."""
    return [f"{file} includes {name}" for file in among
            for name in includes_of(file)
            if re.match(pattern, name) and not allowed(file)]


def test_there_is_something_to_check():
    assert len(SOURCES) > 100
    assert any(includes_of(file) for file in SOURCES)


# -- dependencies ---------------------------------------------------------------


def is_test(file):
    return file.parts[0] == "test"


def knows_actors(file):
    """Files that may include CAF: `*_actor.*`, main.cpp, the messages, and tests of
    actors."""
    return (file.stem.endswith("_actor") or file.name == "main.cpp"
            or str(file) == "protocol/messages.hpp" or is_test(file))


def test_only_actors_know_caf():
    assert not including(r"caf/", knows_actors)


def test_only_the_api_client_knows_libcurl():
    assert not including(r"curl/", lambda file: "api_client" in file.parts)


SOCKETS = r"boost/(asio|beast)/"


def test_only_the_gateway_knows_asio():
    assert not including(SOCKETS, lambda file: "gateway" in file.parts)


def test_only_the_metrics_know_prometheus():
    assert not including(r"prometheus/", lambda file: "metrics" in file.parts)


def test_rapidjson_comes_with_the_settings_of_protocol_json():
    """With the default settings, a wrong type is undefined behaviour."""
    assert not [
        str(file) for file in SOURCES
        if any(name.startswith("rapidjson/") for name in includes_of(file))
        and str(file) != "protocol/json.hpp"
        and "protocol/json.hpp" not in with_own_header(file)]


def with_own_header(file):
    header = file.with_suffix(".hpp")
    return includes_of(file) + (includes_of(header) if header in SOURCES
                                else [])


def test_only_main_reads_the_command_line():
    assert not including(r"CLI/", lambda file: file.stem == "options"
                         or file.name == "main.cpp")


@pytest.mark.parametrize("pattern", [
    "spdlog/", "fmt/", "curl/", "thread$", "mutex$", "condition_variable$",
    "future$", "fstream$", "filesystem$", "random$"])
def test_the_protocol_knows_neither_logs_nor_network_nor_threads(pattern):
    protocol = [file for file in SOURCES if file.parts[0] == "protocol"]
    assert protocol
    assert not including(pattern, lambda _: False, protocol)


def test_the_basics_know_nothing_of_what_they_are_used_for():
    """They are small and general: from the tree they include only each other and the
    types of time."""
    basics = [file for file in SOURCES
              if file.parts[:2] == ("protocol", "basics")]
    assert basics
    assert not [f"{file} includes {name}" for file in basics
                for name in includes_of(file) if (ROOT / name).is_file()
                and not name.startswith("protocol/basics/")
                and name != "protocol/time.hpp"]


def test_the_protocol_knows_no_actor():
    protocol = [file for file in SOURCES if file.parts[0] == "protocol"]
    assert not including(r"actors/", lambda _: False, protocol)


def test_the_leader_knows_no_other_actor():
    leader = [file for file in SOURCES
              if file.parts[:2] == ("actors", "leader")]
    assert leader
    assert not including(r"actors/(?!leader/)", lambda _: False, leader)


CLOCK = re.compile(r"(system_clock|steady_clock|high_resolution_clock)::now"
                   r"|\b(time|clock_gettime|gettimeofday)\s*\(\s*(NULL|nullptr"
                   r"|CLOCK_)")


def holds_sockets(file):
    return any(re.match(SOCKETS, name) for name in with_own_header(file))


def is_core(file):
    """Whether a file is pure; such files get the time as an argument."""
    return (file.parts[0] in ("protocol", "actors")
            and not knows_actors(file)
            # Code with threads, sockets and child processes needs a clock.
            and "api_client" not in file.parts
            and not holds_sockets(file))


def test_cores_never_ask_the_clock():
    assert not [str(file) for file in SOURCES
                if is_core(file) and CLOCK.search(text_of(file))]


def test_cores_have_neither_threads_nor_locks():
    # On the board, all supervisors and the thread of the servers meet.
    cores = [file for file in SOURCES
             if is_core(file) and "journal" not in file.parts
             and file.stem != "test_board"]
    assert not including(r"(thread|mutex|condition_variable|future)$",
                         lambda _: False, cores)


# -- size and shape -------------------------------------------------------------


def test_no_file_is_too_long_to_read():
    code = [file for file in FILES
            if file.suffix in (*CPP, ".py", ".sh", ".cmake")
            or file.name == "CMakeLists.txt"]
    assert not [f"{file}: {count} lines" for file in code
                if (count := len(text_of(file).splitlines())) > LINES]


def test_no_line_of_cpp_is_too_wide():
    # A string without blanks (test data) cannot be wrapped.
    assert not [f"{file}:{number}" for file in SOURCES
                for number, line in enumerate(text_of(file).splitlines(), 1)
                if len(line) > COLUMNS and "R\"" not in text_of(file)
                and " " in line.strip()]


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X:"])
def test_nothing_is_left_for_later(word):
    code = [file for file in FILES
            if file.suffix in (*CPP, ".py", ".sh", ".cmake", ".md", ".yaml")]
    assert not [f"{file}:{number}" for file in code
                for number, line in enumerate(text_of(file).splitlines(), 1)
                if re.search(rf"\b{word}", line)]


def test_headers_are_included_once():
    assert not [str(file) for file in SOURCES if file.suffix == ".hpp"
                and not text_of(file).startswith("#pragma once\n")]


def test_own_headers_are_named_from_the_top():
    """Only tests may include a neighbour without its folder."""
    assert not [f"{file} includes {name}" for file in SOURCES
                for name in includes_of(file)
                if '"' + name + '"' in text_of(file)
                and not (ROOT / name).is_file()
                and not (is_test(file)
                         and (ROOT / file.parent / name).is_file())]


# -- scripts and documents ------------------------------------------------------


def test_files_with_an_interpreter_can_be_executed():
    scripts = [file for file in FILES if text_of(file).startswith("#!")]
    assert scripts
    assert not [str(file) for file in scripts
                if not (ROOT / file).stat().st_mode & 0o100]


LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_links_in_documents_lead_somewhere():
    broken = []
    for file in FILES:
        if file.suffix != ".md":
            continue
        for link in LINK.findall(text_of(file)):
            path = link.partition("#")[0]
            if "://" in link or not path:
                continue
            if not (ROOT / file.parent / path).exists():
                broken.append(f"{file}: {link}")
    assert not broken
