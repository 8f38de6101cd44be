"""Makes docs/alert.png: one alert of the program, as Slack and as Telegram show it.

    python docs/picture/render.py

Text, links, emphasis and buttons are what the two adapters send; the frames around them are drawn by page.html.
Needs Chromium.
"""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from sample import sample_alert
from slack_look import blocks_html
from telegram_look import keyboard_html, text_html

from bot.adapters.slack.render import render as for_slack
from bot.adapters.telegram.render import render as for_telegram
from bot.chat import Message

HERE = Path(__file__).resolve().parent
PICTURE = HERE.parent / "alert.png"

WIDTH = 700  # CSS pixels: what a README leaves for a picture, so that its letters are not scaled down
SHARPNESS = 2  # pixels of the picture for each of them
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_SECONDS = 60
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def page(message: Message) -> str:
    """The page that is photographed."""
    telegram = for_telegram(message)
    return Template((HERE / "page.html").read_text(encoding="utf-8")).substitute(
        width=WIDTH,
        slack=blocks_html(for_slack(message).blocks),
        telegram=text_html(telegram.text, telegram.entities),
        keyboard=keyboard_html(telegram.keyboard),
    )


def photograph(html: str, picture: Path) -> None:
    """Let Chromium draw the page into the file, as high as the page is. SystemExit without a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"No browser found; one of these is needed: {', '.join(BROWSERS)}.")
    with TemporaryDirectory(prefix="pantau-picture-") as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        look = (browser, *QUIET, f"--user-data-dir={folder}/profile", file.as_uri())
        # Chromium photographs its window, so it is asked first how high the page is.
        drawn = _run(*look, f"--window-size={WIDTH},{WIDTH}", "--dump-dom")
        height = re.search(r'data-height="(\d+)"', drawn)
        if height is None:
            sys.exit(f"{browser} did not run the page's script.")
        _run(
            *look,
            f"--window-size={WIDTH},{height[1]}",
            f"--force-device-scale-factor={SHARPNESS}",
            f"--screenshot={picture}",
        )


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=BROWSER_SECONDS, check=True)
    return done.stdout


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # one of the samples is broken on purpose
    photograph(page(asyncio.run(sample_alert())), PICTURE)
