"""Bars over time as a PNG, and in letters for a terminal: numbers and labels in, bytes out.

Chosen: one panel under another with one axis of time, because polls, items and failures differ by orders of magnitude and a
common scale would hide the failures. Drawn with Pillow, whose wheel brings its font; matplotlib was turned down: 30 MB and a
second to import for forty bars.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

WIDTH, MARGIN, LEFT = 1200, 40, 96  # pixels; a phone shows it at a third
TITLE, PANEL, GAP, AXIS = 84, 132, 66, 58  # heights
TEXT, SMALL = 24, 20  # font sizes: readable when the picture is shown at half its width
INK, GREY, LINE, PAPER = (28, 32, 40), (96, 104, 116), (216, 220, 226), (255, 255, 255)
BAND, EDGE = (218, 223, 231), (120, 128, 142)
EDGE_WIDTH = 3
GAP_OF_KEYS = 18  # above the line that says what the colours mean
GAP_OF_BARS = 0.2  # of a bar's place
BLOCKS = " ▁▂▃▄▅▆▇█"


Colour = tuple[int, int, int]  # red, green, blue


@dataclass(frozen=True, slots=True)
class Size:
    """How large a panel and its letters are drawn, in pixels."""

    title: int = TITLE
    panel: int = PANEL
    text: int = TEXT
    small: int = SMALL


SEVERAL = Size()
ALONE = Size(title=112, panel=400, text=36, small=32)  # one panel for the whole picture, read on a phone


@dataclass(frozen=True, slots=True)
class Band:
    """What the bars are compared with: between which values each step usually lies."""

    label: str
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True, slots=True)
class Mark:
    """Steps whose bars are drawn in another colour: from `first` up to `last`, exclusive."""

    label: str
    first: int
    last: int
    colour: Colour


@dataclass(frozen=True, slots=True)
class Panel:
    """One row of bars."""

    title: str
    values: Sequence[int]  # one for each step of time
    colour: Colour
    most: str = ""  # the largest value as people write it
    band: Band | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis of time."""

    step: int
    label: str
    strong: bool = False  # a new day


def draw(title: str, panels: Sequence[Panel], ticks: Sequence[Tick], size: Size = SEVERAL) -> bytes:
    """A PNG; takes some tens of milliseconds, so call it beside the event loop."""
    from PIL import Image, ImageDraw, ImageFont  # only whoever wants a picture pays for it

    keys = any(panel.band or panel.mark for panel in panels)
    foot = AXIS + (size.small + GAP_OF_KEYS if keys else 0)
    height = size.title + len(panels) * (size.panel + GAP) + foot
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(picture)
    text, small = ImageFont.load_default(size.text), ImageFont.load_default(size.small)
    right = WIDTH - MARGIN
    large = ImageFont.load_default(size.text + 6)
    pen.text((MARGIN, MARGIN - 12), _clipped(title, large, right - MARGIN), fill=INK, font=large)
    for number, panel in enumerate(panels):
        top = size.title + number * (size.panel + GAP) + GAP // 2
        bottom = top + size.panel
        step = (right - LEFT) / max(1, len(panel.values))
        for tick in ticks:
            x = LEFT + tick.step * step
            pen.line((x, top, x, bottom), fill=GREY if tick.strong else LINE)
        pen.line((LEFT, bottom, right, bottom), fill=GREY)
        pen.text((LEFT, top - 8), panel.title, fill=INK, font=text, anchor="ls")
        _bars(pen, panel, top, bottom, step)
        pen.text((LEFT - 12, top + 4), panel.most, fill=GREY, font=small, anchor="rm")
        pen.text((LEFT - 12, bottom), "0", fill=GREY, font=small, anchor="rm")
    if panels:
        below = height - foot - GAP // 2 + 14
        for tick in ticks:
            x = LEFT + tick.step * (right - LEFT) / max(1, len(panels[0].values))
            ink = INK if tick.strong else GREY
            pen.text((x, below), tick.label, fill=ink, font=small, anchor="ma")
        if keys:
            _keys(pen, panels, below + size.small + GAP_OF_KEYS, small, size.small)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bars(pen: ImageDraw, panel: Panel, top: int, bottom: int, step: float) -> None:
    """The band, the bars before it, and the band's upper edge before these; the highest of all touches the top."""
    most = max((*panel.values, *(panel.band.high if panel.band else ())), default=0)

    def size(value: float) -> float:
        return (bottom - top - 4) * value / most

    if panel.band and most:
        for at, (low, high) in enumerate(zip(panel.band.low, panel.band.high, strict=True)):
            left = LEFT + at * step
            pen.rectangle((left, bottom - size(high), left + step, bottom - size(low)), fill=BAND)
    for at, value in enumerate(panel.values):
        if value <= 0:
            continue
        marked = panel.mark and panel.mark.first <= at < panel.mark.last
        colour = panel.mark.colour if panel.mark and marked else panel.colour
        # The smallest number is still seen.
        upper = bottom - max(2.0, size(value))
        left = LEFT + at * step + step * GAP_OF_BARS / 2
        pen.rectangle((left, upper, left + step * (1 - GAP_OF_BARS), bottom - 1), fill=colour)
    if panel.band and most:
        edge = [bottom - size(value) for value in panel.band.high]
        corners = [(LEFT + (at + side) * step, y) for at, y in enumerate(edge) for side in (0, 1)]
        pen.line(corners, fill=EDGE, width=EDGE_WIDTH)


def _clipped(text: str, font: FreeTypeFont | ImageFont, width: float) -> str:
    """As much of a line as fits."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _keys(pen: ImageDraw, panels: Sequence[Panel], y: int, font: FreeTypeFont | ImageFont, side: int) -> None:
    """What the colours mean, in one line."""
    known = [(panel.band.label, BAND) for panel in panels if panel.band]
    known += [(panel.mark.label, panel.mark.colour) for panel in panels if panel.mark]
    x = float(LEFT)
    for label, colour in known:
        pen.rectangle((x, y, x + side, y + side), fill=colour)
        pen.text((x + side + 12, y + side / 2), label, fill=INK, font=font, anchor="lm")
        x += side + 12 + font.getlength(label) + 2 * side


def letters(panels: Sequence[Panel]) -> str:
    """The same in block elements: for each panel its title, a letter for each step, its band's upper edge, and its mark."""
    rows = []
    for panel in panels:
        band = panel.band
        most = max((*panel.values, *(band.high if band else ())), default=0)
        rows.append(f"{panel.title} (≤ {panel.most})" if panel.most else panel.title)
        rows.append("".join(_block(value, most) for value in panel.values))
        if panel.mark:
            rows.append(
                " " * panel.mark.first + "^" * (panel.mark.last - panel.mark.first) + f" {panel.mark.label}"
            )
        if band:
            rows += [band.label, "".join(_block(round(value), most) for value in band.high)]
    return "\n".join(rows)


def _block(value: int, most: float) -> str:
    """The letter for a value: blank for nothing alone."""
    if value <= 0:
        return "·"
    return BLOCKS[max(1, round(value / most * (len(BLOCKS) - 1)))]
