"""What is said in a chat and what is asked there, without a word about any platform.

A `Message` is lines of spans, so there is no place for markup and nothing to escape. A button is a labelled command:
pressing it and typing it are the same request.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

COMMAND_BYTES = 64  # of a button's command in UTF-8: Telegram's limit for callback_data, the tightest


class Style(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    STRIKE = "strike"  # words that do not hold any more


class LineKind(StrEnum):
    TEXT = "text"
    HEADING = "heading"
    QUOTE = "quote"
    ITEM = "item"  # one entry of a list
    NOTE = "note"  # small print


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = Style.PLAIN
    url: str = ""  # adapters link http and https only; anything else is shown as text


@dataclass(frozen=True, slots=True)
class Line:
    spans: tuple[Span, ...]
    kind: LineKind = LineKind.TEXT

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def unstyled(self) -> str:
        """What it says where no style can be shown: struck words stand between tildes."""
        return "".join(
            f"~{span.text}~" if span.style is Style.STRIKE and span.text.strip() else span.text
            for span in self.spans
        )


@dataclass(frozen=True, slots=True)
class Button:
    """A labelled command, for example Button("Mute", "/mute 42"). The command has at most COMMAND_BYTES."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with a message, and what it says to those who do not see it."""

    png: bytes = field(repr=False)
    alt: str  # one sentence, read aloud by a screen reader
    drawn: str = ""  # the same in letters, line by line, for a terminal


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    words: str = ""  # what it adds to the command


@dataclass(frozen=True, slots=True)
class Field:
    """One of its choices is taken; the first, until a person takes another."""

    name: str  # one of its own in the form
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A command with its options to choose from: sent in, it is the command with the words of every choice behind it."""

    title: str
    command: str  # "/summary"
    fields: tuple[Field, ...]
    submit: str  # label
    cancel: str  # label
    where: str = ""  # label of the field that asks for the chat; "" where that is known


@dataclass(frozen=True, slots=True)
class Message:
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    private: bool = False  # only for the one who asked, where the platform can do that
    picture: Picture | None = None
    form: Form | None = None  # of an answer: opened in its place where the platform can do that

    @property
    def text(self) -> str:
        """Everything it says, as plain text, one line each."""
        return "\n".join(line.text for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        return {
            "lines": [
                {"kind": line.kind.value, "spans": [[s.text, s.style.value, s.url] for s in line.spans]}
                for line in self.lines
            ],
            "buttons": [[b.label, b.command] for b in self.buttons],
            "private": self.private,
            **({"picture": _picture_to_json(self.picture)} if self.picture else {}),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Message:
        return cls(
            tuple(
                Line(
                    tuple(Span(text, Style(style), url) for text, style, url in line["spans"]),
                    LineKind(line["kind"]),
                )
                for line in data["lines"]
            ),
            tuple(Button(label, command) for label, command in data["buttons"]),
            data["private"],
            _picture_from_json(data["picture"]) if data.get("picture") else None,
        )


def _picture_to_json(picture: Picture) -> list[str]:
    return [b64encode(picture.png).decode(), picture.alt, picture.drawn]


def _picture_from_json(data: list[str]) -> Picture:
    png, alt, drawn = data
    return Picture(b64decode(png), alt, drawn)


def say(text: str, *, kind: LineKind = LineKind.TEXT, style: Style = Style.PLAIN) -> Line:
    """A line of one span."""
    return Line((Span(text, style),), kind)


def split(message: Message, limit: int, measure: Callable[[Message], int]) -> Iterator[Message]:
    """The same message in parts whose `measure` is at most `limit` each; a line too long alone is cut between parts.

    A picture stays with the first part, buttons with the last. Nothing is left out: the parts' spans, put together, are
    the message's.
    """
    part: tuple[Line, ...] = ()
    picture = message.picture
    waiting = list(reversed(message.lines))
    while waiting:
        line = waiting.pop()
        if measure(replace(message, lines=(*part, line))) <= limit:
            part = (*part, line)
            continue
        if part:
            yield replace(message, lines=part, buttons=(), picture=picture)
            part = ()
            waiting.append(line)
        else:
            head, tail = _cut(line, lambda one: measure(replace(message, lines=(one,))) <= limit)
            yield replace(message, lines=(head,), buttons=(), picture=picture)
            waiting.append(tail)
        picture = None
    yield replace(message, lines=part, picture=picture)


def _cut(line: Line, fits: Callable[[Line], bool]) -> tuple[Line, Line]:
    """The longest head of a line that fits (at least one letter), and the rest."""
    low, high = 1, len(line.text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(_slice(line, 0, middle)) else (low, middle - 1)
    space = line.text.rfind(" ", low // 2, low)
    at = space + 1 if space > 0 else low
    return _slice(line, 0, at), _slice(line, at, len(line.text))


def _slice(line: Line, start: int, end: int) -> Line:
    spans, at = [], 0
    for span in line.spans:
        text = span.text[max(0, start - at) : max(0, end - at)]
        if text:
            spans.append(replace(span, text=text))
        at += len(span.text)
    return replace(line, spans=tuple(spans))


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: a platform's chat, and the thread or topic in it."""

    platform: str
    id: str  # "": nowhere in particular, as with a command of the whole platform
    thread: str = ""


@dataclass(frozen=True, slots=True)
class User:
    platform: str
    id: str
    name: str = ""

    @property
    def key(self) -> str:
        """How the configuration names this person, e.g. "slack:U0123"."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class Request:
    """A command that somebody typed or a button that somebody pressed."""

    name: str  # without the slash, lower case: "watch"
    argument: str  # the rest of the line, stripped
    place: Place
    user: User
    at: datetime
    under: str = ""  # the platform's id of the message that it replies to, or whose thread it stands in
    cut_off: bool = False  # begun by a run of the program that ended before it was answered

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "argument": self.argument,
            "place": [self.place.platform, self.place.id, self.place.thread],
            "user": [self.user.platform, self.user.id, self.user.name],
            "at": self.at.isoformat(),
            "under": self.under,
        }

    @classmethod
    def left_over(cls, data: dict[str, Any]) -> Request:
        """A request that `to_json` wrote down in a run that has ended."""
        return cls(
            data["name"],
            data["argument"],
            Place(*data["place"]),
            User(*data["user"]),
            datetime.fromisoformat(data["at"]),
            data.get("under", ""),
            cut_off=True,
        )


def parse_command(text: str) -> tuple[str, str]:
    """("/watch add Putin: Putin") -> ("watch", "add Putin: Putin"); the slash may be missing, a Telegram "@bot" is dropped."""
    name, _, argument = text.strip().partition(" ")
    first, *rest = name.split("\n", 1)
    argument = "\n".join([*rest, argument]) if rest else argument
    return first.removeprefix("/").partition("@")[0].lower(), argument.strip()
