"""A spike through the real program into both platforms, with its chart, once across restarts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from tests.test_journeys import Town, town

__all__ = ["town"]  # the fixture

BURST = 30


def at(moment: datetime) -> str:
    """As SQLite keeps it."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def bring(town: Town, now: datetime) -> None:
    """Ten days with an article every third hour, and BURST of them within this minute, as if they had been polled."""
    moments = [now - timedelta(hours=3 * number) for number in range(2, 80)]
    moments += [now - timedelta(seconds=number) for number in range(BURST)]
    with closing(sqlite3.connect(town.store, timeout=30)) as store, store:
        for number, moment in enumerate(moments, start=1):
            body = "Sanksi baru." if moment < now - timedelta(hours=1) else "Sanksi terhadap Palu diumumkan."
            match = '{"watch": "Sanksi", "hits": [], "sentence": {"field": "body", "start": 0, "end": 6, "text": "Sanksi"}}'
            store.execute(
                "INSERT INTO stories (id, key, opened_at) VALUES (?, ?, ?)",
                (number, f"k{number}", at(moment)),
            )
            store.execute(
                "INSERT INTO articles (id, source_id, story_id, url, title, body, lang, author, tags, published, seen)"
                " VALUES (?, 1, ?, '', ?, ?, 'id', '', '[]', ?, ?)",
                (f"a{number}", number, f"Sanksi {number}", body, at(moment), at(moment)),
            )
            store.execute(
                "INSERT INTO matches (article_id, watch, place, found) VALUES (?, 'Sanksi', 0, ?)",
                (f"a{number}", match),
            )


async def test_a_spike_is_told_once_with_its_chart_in_both_chats_and_its_button_shows_the_trend(
    town: Town,
) -> None:
    await town.program.start()
    await town.first_poll()
    await town.program.terminate()
    bring(town, datetime.now(UTC))
    await town.program.start()
    await town.until(slack=1, telegram=1)
    assert "Lonjakan Sanksi: " in town.slack_texts()[0] and "Palu" in town.slack_texts()[0]
    assert "Spike in Sanksi: " in town.telegram_texts()[0] and "Palu" in town.telegram_texts()[0]
    (posted,) = [one for one in town.slack.from_bot(town.channel) if not one.only_for]
    assert "image" in [block["type"] for block in posted.blocks]
    (shown,) = town.telegram.posts(town.direct)
    assert (shown.file, shown.buttons) == ("photo", ["Trend 7 d", "Summary", "Mute 24 h"])
    await town.settled("slack")
    await town.settled("telegram")
    await town.program.kill()
    await town.program.start()
    await town.budi.presses(town.direct, shown.id, "Trend 7 d")
    await town.until(slack=1, telegram=2)
    assert (
        "Sanksi, the last 7 days" in town.telegram_texts()[1] and "Busiest hour" in town.telegram_texts()[1]
    )
    assert [post.file for post in town.telegram.posts(town.direct)] == ["photo", "photo"]
    await town.rani.types(town.channel, "/pantau trend Sanksi 24h")
    await town.until(slack=2, telegram=2)
    assert "Sanksi, 24 jam terakhir" in town.slack_texts()[1]
    await town.program.terminate()
    assert (len(town.slack_texts()), len(town.telegram_texts())) == (2, 2)
