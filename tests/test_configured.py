"""The lists and queries of a configuration, and what is said of those that cannot be read."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from bot.config import load
from bot.configured import Configured, read_queries
from bot.errors import ConfigError, Problem
from bot.garbage import uncollected

WATCH = "[[watches]]\nname = 'W'\nquery = '{query}'\n"


def configured(folder: Path, text: str) -> Configured:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return read_queries(load(file, {}))


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        configured(folder, text)
    return caught.value.problems


def shared(name: str, terms: str) -> str:
    return f"[[lists]]\nname = '{name}'\nterms = '{terms}'\n"


def test_a_watch_may_name_a_list_of_the_file_in_any_spelling(tmp_path: Path) -> None:
    text = shared("@Kilang", "Pertamina, kilang") + WATCH.format(query="@kilang api")
    query = configured(tmp_path, text).queries["W"]
    assert {"Pertamina", "kilang", "api"} == set(query.terms)


def test_the_starter_set_is_there_without_any_list(tmp_path: Path) -> None:
    assert "Korut" in configured(tmp_path, WATCH.format(query="@KoreaUtara")).queries["W"].terms


def test_a_list_of_the_file_wins_over_the_starter_set(tmp_path: Path) -> None:
    text = shared("KoreaUtara", "Korut") + WATCH.format(query="@KoreaUtara")
    assert configured(tmp_path, text).queries["W"].terms == ("Korut",)


def test_a_list_may_name_those_above_it_and_so_never_itself(tmp_path: Path) -> None:
    good = shared("A", "Putin") + shared("B", "@A, Kim") + WATCH.format(query="@B")
    assert set(configured(tmp_path, good).queries["W"].terms) == {"Putin", "Kim"}
    (problem,) = problems(tmp_path, shared("A", "@B, Kim") + shared("B", "Putin"))
    assert problem.line == 3 and "There is no list @B" in problem.text
    (problem,) = problems(tmp_path, shared("A", "@A"))
    assert "There is no list @A" in problem.text


def test_every_mistake_is_told_with_its_line_and_a_caret(tmp_path: Path) -> None:
    text = shared("A", '"Putin') + WATCH.format(query="@B Kim") + WATCH.format(query="(x").replace("W", "V")
    of_list, of_watch, of_other = problems(tmp_path, text)
    assert (of_list.line, of_watch.line, of_other.line) == (3, 6, 9)
    assert of_list.text.startswith("list 'A': ") and of_list.text.endswith('"Putin\n^')
    assert of_watch.text.startswith("watch 'W': ") and of_watch.text.endswith("@B Kim\n^^")


@pytest.mark.parametrize("name", ["", "Korea Utara", "a:b", "-_-", "x" * 61])
def test_a_name_that_no_query_could_write_is_refused(tmp_path: Path, name: str) -> None:
    (problem,) = problems(tmp_path, shared(name, "x"))
    assert problem.line == 2 and "expected a name of letters, digits" in problem.text


def test_a_name_is_taken_once_in_any_spelling(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, shared("Korea-Utara", "x") + shared("koreautara", "y"))
    assert problem.line == 5 and "already used by another (line 2)" in problem.text


def test_lines_are_not_looked_for_while_nothing_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes longer than reading the values, which counts with 100,000 watches."""
    monkeypatch.setattr("bot.config.lines.index", lambda _: pytest.fail("the lines were looked for"))
    assert configured(tmp_path, WATCH.format(query="x")).queries


@pytest.mark.parametrize("running", [True, False])
def test_garbage_is_looked_for_afterwards_as_before(running: bool) -> None:
    before = gc.isenabled()
    (gc.enable if running else gc.disable)()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is running
    finally:
        (gc.enable if before else gc.disable)()
        gc.unfreeze()
