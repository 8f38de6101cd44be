"""Every value is found on the line where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.lines import Path, index, line_of

# Every number in these texts is the number of its own line, so the text itself says what is right.
TEXTS = {
    "plain keys": "a = 1\n\n# a comment = 7\nb = 4",
    "a key in quotes": '"a b" = 1\n\'c.d\' = 2\n"\\u0041" = 3',
    "dotted keys": "a.b = 1\na . c = 2\n3.4 = 3",
    "tables": "[a]\nx = 2\n[b.c]\nx = 4\n[ d . e ]\nx = 6",
    "arrays of tables": "[[a]]\nx = 2\n[[a]]\n[[a]]\nx = 5\n[[b]]\nx = 7",
    "tables inside arrays of tables": "[[a]]\n[a.b]\nx = 3\n[[a]]\n[a.b]\nx = 6\n[[a.c]]\n[[a.c]]\nx = 9",
    "an array over several lines": "a = [ # [\n 2,\n\n 4, ] # ]\nb = 5",
    "arrays in arrays": "a = [[1, 1], [\n2, [2],\n 3 ] ]\nb = 4",
    "inline tables": 'a = { x = 1, y.z = 1, "}" = 1 }\nb = [{x = 2},\n{x = 3}]',
    "a multi-line string": 'a = """\nb = 9\n[[c]]\n\\""" \\\n"""\nd = 6',
    "a multi-line string that ends in quotes": 'a = """x"""""\nb = 2\nc = """"""\nd = 4',
    "multi-line strings that end in a quote": "a = [\"\"\"x\"\"\"\", \"b\",\n2, '''x'''', 'c',\n3]\nb = 4",
    "a literal multi-line string": "a = '''\n\"\"\"\n\\'''\nb = 4\nc = '''x'''''\nd = 6",
    "strings with marks in them": 'a = "# [ ] { } = , \\" \'"\nb = 2\nc = \'# " \\\'\nd = 4',
    "values with marks in them": "a = 1979-05-27 07:32:00.5\nb = 2\nc = -1.5e+3\nd = 4\ne = inf\nf = 6",
    "Windows line ends": "a = 1\r\n[b]\r\nx = 3\r\ny = [\r\n5,\r\n]\r\n",
}


def numbers(value: object, path: Path = ()) -> Iterator[tuple[Path, int]]:
    """The whole numbers in the data, with the way to each."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from numbers(inner, (*path, key))
        case list():
            for position, inner in enumerate(value):
                yield from numbers(inner, (*path, position))
        case int():
            yield path, value


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_value_is_found_on_its_line(text: str) -> None:
    lines = index(text)
    found = dict(numbers(tomllib.loads(text)))
    assert found
    assert {path: lines[path] for path in found} == found


STATEMENTS = (
    "k{0} = {0}\n",
    "[t{0}]\n",
    "[[a]]\n",
    "[[a.b]]\n",
    "[a.c{0}.d]\n",
    "k{0} = [ {0}, # ]\n {1}, [\n{2} ]]\n",
    "k{0} = {{ x = {0}, y.z = [{0}] }}\n",
    "k{0} = '''\n{0} = [\n'''\n",
    'k{0} = """ " "" \\\n""" # "\n',
    "k{0}.'k.{0}' = {0}\n",
    "# [[a]]\n\n",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(STATEMENTS), max_size=30))
def test_a_value_is_found_on_its_line_in_any_mixture(statements: list[str]) -> None:
    text = "[[a]]\n"
    for statement in statements:
        line = text.count("\n") + 1
        text += statement.format(line, line + 1, line + 2)
    lines = index(text)
    found = dict(numbers(tomllib.loads(text)))
    assert {path: lines[path] for path in found} == found


def test_tables_and_elements_have_the_line_of_their_heading() -> None:
    lines = index("[a]\nx = 1\n[[b]]\n[[b]]\ny = 2\n[[b.c]]")
    assert [lines[path] for path in (("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "c", 0))] == [1, 3, 3, 4, 6]


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    lines = index("[[a]]\nx = 1\n[[a]]\ny = [\n'z']")
    assert line_of(lines, ("a", 1, "x")) == 3
    assert line_of(lines, ("a", 1, "y", 0)) == 5
    assert line_of(lines, ("a", 7)) == 1
    assert line_of(lines, ("b",)) == 0
