"""The words of a chunk: what stands between two spaces.

News text is a Zipf world: nine chunks of ten have been seen before. So all Unicode work happens here, once
for each distinct chunk, and is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.query.forms import Profile, forms
from bot.text import Joint, Word, parts, words


class Cell(NamedTuple):
    """A word where it stands in its chunk; the next one begins at `place + width`.

    A word with a seam is a wide cell and a narrow one for each part; "G-20" is two narrow and a wide "g20".
    """

    word: str  # folded
    keys: tuple[str, ...]  # the words it is a form of, itself first
    start: int  # code points of the chunk
    end: int
    place: int = 0  # counts words
    width: int = 1
    joint: Joint = Joint.APART
    glued: bool = False


def cells(chunk: str, profile: Profile) -> tuple[Cell, ...]:
    """The cells of a chunk, by place."""
    if chunk.isascii() and chunk.isalpha() and (chunk.islower() or chunk.istitle() or chunk.isupper()):
        word = chunk.lower()
        return (Cell(word, forms(word, profile), 0, len(chunk)),)
    return tuple(_cells(chunk, profile))


def _cells(chunk: str, profile: Profile) -> Iterator[Cell]:
    place = 0
    before: Cell | None = None
    for word in words(chunk):
        pieces = parts(chunk, word)
        cell = _cell(word, profile, place, max(1, len(pieces)))
        if before is not None and _is_code(before, cell):
            wide = Word(before.word + cell.word, before.start, cell.end, before.joint)
            yield _cell(wide, profile, before.place, before.width + cell.width)
        yield cell
        for number, piece in enumerate(pieces):
            yield _cell(piece, profile, place + number, 1)._replace(glued=True)
        place += cell.width
        before = cell


def _cell(word: Word, profile: Profile, place: int, width: int) -> Cell:
    return Cell(word.text, forms(word.text, profile), word.start, word.end, place, width, word.joint)


def _is_code(before: Cell, cell: Cell) -> bool:
    """Letters, a hyphen, digits, or the other way round: "G-20" is also "G20"."""
    return cell.joint is Joint.HYPHEN and before.word[-1].isdigit() != cell.word[0].isdigit()
