"""What became of an article after its alert, as people read it: what went is struck out, what came is bold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.chat import Button, Line, LineKind, Message, Span, Style, say
from bot.model import Article, Chat
from bot.stories import Change, Edit, Fate, Piece, Stretch, glance, word_diff
from bot.summary import headline
from bot.words.catalogue import phrase
from bot.words.times import clock

SHOWN = 3  # changed sentences under an alert: what is read at a glance
LINE_CHARS = 280  # of one changed sentence
PIECE_CHARS = 160  # of words that went or came in one stretch
KINDS = 3  # named; the heaviest
BESIDE = (Change.CORRECTION, Change.ADDED, Change.REWORDED)  # say nothing beside "Correction:"
STYLES = {Fate.STAYED: Style.PLAIN, Fate.GONE: Style.STRIKE, Fate.CAME: Style.BOLD}


def edited(
    alert: int,
    article: Article,
    edit: Edit,
    versions: tuple[int, int],
    chat: Chat,
    returned_to: datetime | None = None,
) -> Message:
    """An edit that matters, for the reply under alert `alert`; `versions`: the numbers of the two that are compared."""
    if returned_to:
        key, when = "edit.returned", clock(returned_to, chat)
    else:
        key, when = "edit.correction" if Change.CORRECTION in edit.changes else "edit.title", ""
    title = phrase(key, chat.language, kinds=changed(edit.changes, chat), when=when)
    return _reply(title, article, differences(edit.stretches, chat), _compare(alert, versions, chat))


def withdrawn(article: Article, why: str, notice: str, chat: Chat) -> Message:
    """The article is gone; `why`: "missing", "home", or "notice" with what stands in its place."""
    told = _clip(" ".join(notice.split()), LINE_CHARS)
    lines = [Line((Span(told),), LineKind.QUOTE)] if told else []
    return _reply(phrase(f"edit.{why}", chat.language), article, lines, ())


def back(alert: int, article: Article, edit: Edit, versions: tuple[int, int] | None, chat: Chat) -> Message:
    """A withdrawn article is there again; with `versions`, changed."""
    if versions is None:
        return _reply(phrase("edit.back", chat.language), article, (), ())
    title = phrase("edit.back_changed", chat.language, kinds=changed(edit.changes, chat))
    return _reply(title, article, differences(edit.stretches, chat), _compare(alert, versions, chat))


def changed(changes: Sequence[Change], chat: Chat) -> str:
    """The kinds of an edit in words; that the publisher corrects is said by itself where nothing else is."""
    corrected = Change.CORRECTION in changes
    others = tuple(one for one in changes if not (corrected and one in BESIDE))
    told = others or (Change.CORRECTION,)
    return ", ".join(phrase(f"edit.kind.{one}", chat.language) for one in told[:KINDS])


def differences(stretches: Sequence[Stretch], chat: Chat, most: int = SHOWN) -> Iterator[Line]:
    """A line for each changed sentence, and how many are not shown."""
    for one in stretches[:most]:
        yield Line(tuple(_spans(glance(word_diff(one.gone, one.came)))), LineKind.QUOTE)
    if len(stretches) > most:
        yield say(phrase("edit.more", chat.language, count=len(stretches) - most), kind=LineKind.NOTE)


def _spans(pieces: Sequence[Piece]) -> Iterator[Span]:
    """The pieces with single spaces between them, as far as a line goes."""
    left = LINE_CHARS
    for number, piece in enumerate(pieces):
        if number:
            yield Span(" ")
        if left <= 0:
            yield Span("…")
            return
        text = piece.text if piece.fate is Fate.STAYED else _clip(piece.text, PIECE_CHARS)
        left -= len(text)
        yield Span(text, STYLES[piece.fate])


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"


def _reply(
    title: str, article: Article, lines: Iterator[Line] | Sequence[Line], buttons: tuple[Button, ...]
) -> Message:
    """Under its alert, and still understood where it stands alone: the article is named at the end."""
    name = Line((Span(headline(article), url=article.url),), LineKind.NOTE)
    return Message((say(title, style=Style.BOLD), *lines, name), buttons)


def _compare(alert: int, versions: tuple[int, int], chat: Chat) -> tuple[Button, ...]:
    one, other = versions
    return (Button(phrase("button.diff", chat.language), f"/diff #{alert} {one} {other}"),)
