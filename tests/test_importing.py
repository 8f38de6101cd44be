"""Queries pasted from another tool become watches that load."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load
from bot.config.readers import line
from bot.configured import read_queries
from bot.importing import watches
from bot.query import VENDORS, Carried, parse
from tests.test_cli import pantau


def file(folder: Path, text: str) -> Path:
    pasted = folder / "pasted.txt"
    pasted.write_text(text, encoding="utf-8")
    return pasted


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_printed_is_a_configuration_that_loads(tmp_path: Path, vendor: str) -> None:
    pasted = file(tmp_path, '"Jum\'at Kliwon" OR \'sanksi\'\n\n"Korea Utara" AND (Putin OR Kim)\n')
    done = pantau("watches", "import", "--from", vendor, pasted, "--name", "O'Brien")
    assert done.returncode == 0 and done.stderr == ""
    config = tmp_path / "config.toml"
    config.write_text(done.stdout, encoding="utf-8")
    queries = read_queries(load(config, {})).queries
    assert list(queries) == ["O'Brien 1", "O'Brien 2"]
    assert queries["O'Brien 2"] == parse('"Korea Utara" AND (Putin OR Kim)')


def test_what_could_not_be_carried_over_is_listed(tmp_path: Path) -> None:
    pasted = file(tmp_path, 'Putin AND sentiment:negative\n\nKim AND "Korea')
    done = pantau("watches", "import", "--from", "meltwater", pasted)
    assert done.returncode == 1
    assert "name = 'pasted 1'\nquery = 'Putin'" in done.stdout and "pasted 2" not in done.stdout
    assert f"{pasted}: query 1: left out: sentiment:negative" in done.stderr
    assert f'{pasted}: query 2 was not imported: Kim AND "Korea' in done.stderr


def test_what_is_left_out_alone_is_no_failure(tmp_path: Path) -> None:
    done = pantau("watches", "import", "--from", "brandwatch", file(tmp_path, "Putin AND sentiment:negative"))
    assert done.returncode == 0 and "left out" in done.stderr


def test_an_unknown_tool_and_a_missing_file_are_one_sentence_each(tmp_path: Path) -> None:
    wrong = pantau("watches", "import", "--from", "cision", file(tmp_path, "Putin"))
    assert wrong.returncode == 1 and all(vendor in wrong.stderr for vendor in VENDORS)
    missing = pantau("watches", "import", "--from", "google", tmp_path / "tidak-ada")
    assert missing.returncode == 1 and len(missing.stderr.splitlines()) == 1


def test_the_help_names_every_tool() -> None:
    shown = " ".join(pantau("watches", "import", "--help").stdout.split())
    assert all(vendor in shown for vendor in VENDORS)


@given(st.text(min_size=1, max_size=80).filter(lambda text: "\r" not in text))
def test_any_prefix_makes_valid_names_of_a_length_that_is_allowed(prefix: str) -> None:
    written = watches([Carried("x", parse("x"))] * 2, prefix)
    names = [one["name"] for one in tomllib.loads(written)["watches"]]
    assert len(set(names)) == 2 and all(line("a name")(name) == name for name in names)
