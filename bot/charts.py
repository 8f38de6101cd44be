"""Bars over time as a PNG, and in letters for a terminal: numbers and labels in, bytes out.

Chosen: one panel under another with one axis of time, because polls, items and failures differ by orders of magnitude and a
common scale would hide the failures. Drawn with Pillow, whose wheel brings its font; matplotlib was turned down: 30 MB and a
second to import for forty bars.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, MARGIN, LEFT = 1200, 40, 96  # pixels; a phone shows it at a third
TITLE, PANEL, GAP, AXIS = 84, 132, 66, 58  # heights
TEXT, SMALL = 24, 20  # font sizes: readable when the picture is shown at half its width
INK, GREY, LINE, PAPER = (28, 32, 40), (96, 104, 116), (216, 220, 226), (255, 255, 255)
GAP_OF_BARS = 0.2  # of a bar's place
BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Panel:
    """One row of bars."""

    title: str
    values: Sequence[int]  # one for each step of time
    colour: tuple[int, int, int]  # red, green, blue
    most: str = ""  # the largest value as people write it


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis of time."""

    step: int
    label: str
    strong: bool = False  # a new day


def draw(title: str, panels: Sequence[Panel], ticks: Sequence[Tick]) -> bytes:
    """A PNG; takes some tens of milliseconds, so call it beside the event loop."""
    from PIL import Image, ImageDraw, ImageFont  # only whoever wants a picture pays for it

    height = TITLE + len(panels) * (PANEL + GAP) + AXIS
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(picture)
    text, small = ImageFont.load_default(TEXT), ImageFont.load_default(SMALL)
    pen.text((MARGIN, MARGIN - 12), title, fill=INK, font=ImageFont.load_default(TEXT + 6))
    right = WIDTH - MARGIN
    for number, panel in enumerate(panels):
        top = TITLE + number * (PANEL + GAP) + GAP // 2
        bottom = top + PANEL
        most = max(panel.values, default=0)
        step = (right - LEFT) / max(1, len(panel.values))
        for tick in ticks:
            x = LEFT + tick.step * step
            pen.line((x, top, x, bottom), fill=GREY if tick.strong else LINE)
        pen.line((LEFT, bottom, right, bottom), fill=GREY)
        pen.text((LEFT, top - 8), panel.title, fill=INK, font=text, anchor="ls")
        for at, value in enumerate(panel.values):
            if value <= 0:
                continue
            # The smallest number is still seen.
            size = max(2.0, (PANEL - 4) * value / most)
            left = LEFT + at * step + step * GAP_OF_BARS / 2
            pen.rectangle(
                (left, bottom - size, left + step * (1 - GAP_OF_BARS), bottom - 1), fill=panel.colour
            )
        pen.text((LEFT - 12, top + 4), panel.most, fill=GREY, font=small, anchor="rm")
        pen.text((LEFT - 12, bottom), "0", fill=GREY, font=small, anchor="rm")
    if panels:
        for tick in ticks:
            x = LEFT + tick.step * (right - LEFT) / max(1, len(panels[0].values))
            pen.text(
                (x, height - AXIS - GAP // 2 + 14),
                tick.label,
                fill=INK if tick.strong else GREY,
                font=small,
                anchor="ma",
            )
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def letters(panels: Sequence[Panel]) -> str:
    """The same in block elements, two rows for a panel: its title, and a letter for each step."""
    rows = []
    for panel in panels:
        most = max(panel.values, default=0)
        rows.append(f"{panel.title} (≤ {panel.most})" if panel.most else panel.title)
        rows.append("".join(_block(value, most) for value in panel.values))
    return "\n".join(rows)


def _block(value: int, most: int) -> str:
    """The letter for a value: blank for nothing alone."""
    if value <= 0:
        return "·"
    return BLOCKS[max(1, round(value / most * (len(BLOCKS) - 1)))]
