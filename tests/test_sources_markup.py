"""HTML to plain text."""

from __future__ import annotations

import pytest

from bot.sources.markup import to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Pyong<b>yang</b>", "Pyongyang"),
        ("<p>satu</p>\n\n<p>dua\n baris</p>", "satu\n\ndua baris"),
        ("satu<br/>dua", "satu\ndua"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("AT&amp;T&nbsp;&#8217;s &eacute;", "AT&T ’s é"),
        ("5 < 6 dan 7 > 3", "5 < 6 dan 7 > 3"),
        ("<p>a</p><script>var x = '<p>';</script><style>p {}</style><p>b</p>", "a\n\nb"),
        ("<!-- iklan --><p>a</p>", "a"),
        ('<meta charset="iso-8859-1"><p>é Путин</p>', "é Путин"),
        ("tanpa markah\ndua baris", "tanpa markah dua baris"),
        ("</div></p>a", "a"),
        ("<b></b>", ""),
        ("", ""),
    ],
)
def test_a_reader_sees_the_same_words(markup: str, text: str) -> None:
    assert to_text(markup) == text


@pytest.mark.parametrize(
    "opening", ["<iframe src='x'>", "<object>", "<svg>", "<noscript>", "<title>", "<select>"]
)
def test_a_tag_that_is_left_open_hides_no_word(opening: str) -> None:
    assert "Putin" in to_text(f"<p>satu</p>{opening}Putin</p>")


def test_depth_hides_no_word() -> None:
    assert to_text("<div>" * 5_000 + "Putin") == "Putin"


def test_nothing_of_one_text_is_left_for_the_next() -> None:
    """The parser is kept: what was hidden or open in one text must not be so in another."""
    assert to_text("<p>satu</p><script>var x") == "satu"
    assert to_text("<p>dua</p>") == "dua"


def test_a_text_that_cannot_be_read_costs_itself_only() -> None:
    with pytest.raises(UnicodeEncodeError):
        to_text("<p>dua \ud800</p>")
    assert to_text("<p>tiga</p>") == "tiga"
