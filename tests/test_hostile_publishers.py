"""Publishers at their worst: no item is lost, none is told twice, and nobody is asked more often than they allow."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.adapters.store import SqlStore
from bot.filters import parse_to_lines
from tests.builders import NOON
from tests.hostile import Says, Stage, batch, feed, item, packed, staged

LOGIN = "<!doctype html><html><head><title>Masuk</title></head><body><form>Kata sandi</form></body></html>"
HOUR = 3600.0


@pytest.fixture
async def stage(sqlite: SqlStore) -> AsyncIterator[Stage]:
    async with staged(sqlite) as stage:
        yield stage


def titles(first: int, last: int) -> list[str]:
    return sorted(f"Putin berita {number}" for number in range(first, last + 1))


async def test_a_publisher_who_says_unchanged_for_ever_is_found_out(stage: Stage) -> None:
    def frozen(request: web.Request) -> Says:
        if request.headers.get("If-None-Match"):
            return Says(status=304, headers={"ETag": '"1"'})
        return Says(feed(*batch(1, 2)), headers={"ETag": '"1"'})

    await stage.poll(Says(feed(item(1)), headers={"ETag": '"1"'}))
    for _ in range(3):
        await stage.poll(frozen)
    assert await stage.titles() == titles(1, 1)  # nothing else can be known
    stage.chance = 0.001  # one poll in a hundred asks for the whole
    await stage.poll()
    assert await stage.titles() == titles(1, 2) and sorted(await stage.alerts()) == titles(1, 2)


async def test_an_etag_that_changes_on_every_hit_costs_requests_and_tells_nothing_twice(stage: Stage) -> None:
    for number in range(4):
        await stage.poll(Says(feed(*batch(1, 3)), headers={"ETag": f'"{number}"'}))
    assert sorted(await stage.alerts()) == titles(1, 3)


async def test_a_publisher_who_names_a_wait_gets_it_for_all_sources_of_the_host(stage: Stage) -> None:
    await stage.configured("feed.xml", "other.xml")
    source = await stage.poll(Says("Too many", 429, {"Retry-After": "7200"}))
    assert stage.waits(source) >= 7200 and "429" in source.problem
    asked = len(stage.requests)
    await asyncio.sleep(1.2)  # the pause between two requests to one host has passed
    await stage.polls.due()
    await stage.polls.idle()
    assert len(stage.requests) == asked  # the other source of this host waits too
    stage.clock.advance(seconds=7100)
    await stage.polls.load()  # as after a restart
    await stage.polls.due()
    await stage.polls.idle()
    assert len(stage.requests) == asked
    stage.clock.advance(seconds=120)
    await stage.poll(Says(feed(item(1))))
    assert len(stage.requests) > asked


async def test_without_such_a_wait_the_hosts_other_source_is_asked_a_second_later(stage: Stage) -> None:
    await stage.configured("feed.xml", "other.xml")
    await stage.poll(Says("Oh", 500))
    await asyncio.sleep(1.2)
    await stage.polls.due()
    await stage.polls.idle()
    assert [request.path for request in stage.requests][-2:] == ["/feed.xml", "/other.xml"]


async def test_too_many_requests_without_a_wait_is_a_longer_pause_each_time_and_never_the_end(
    stage: Stage,
) -> None:
    waits = [stage.waits(await stage.poll(Says("Too many", 429))) for _ in range(12)]
    assert waits[0] < waits[3] and max(waits) <= 6 * HOUR * 1.1
    await stage.poll(Says(feed(item(1))))
    assert await stage.alerts() == titles(1, 1)


async def test_redirects_in_a_circle_are_an_error_in_plain_words_until_they_end(stage: Stage) -> None:
    source = await stage.poll(Says(status=301, headers={"Location": "/feed.xml"}))
    assert source.failures == 1 and "address to address" in source.problem
    assert len(stage.requests) < 10
    await stage.poll(Says(feed(item(1))))
    assert await stage.alerts() == titles(1, 1)


async def test_a_login_page_where_the_feed_was_is_an_error_and_no_article(stage: Stage) -> None:
    await stage.poll(Says(feed(item(1)), headers={"ETag": '"1"'}))
    source = await stage.poll(Says(LOGIN, headers={"Content-Type": "text/html", "ETag": '"login"'}))
    assert (source.failures, source.etag) == (1, '"1"') and "login page" in source.problem
    source = await stage.poll(Says(feed(*batch(1, 2))))
    assert source.failures == 0 and sorted(await stage.alerts()) == titles(1, 2)


async def test_a_body_whose_gzip_breaks_off_is_asked_for_again_and_no_item_behind_the_break_is_lost(
    stage: Stage,
) -> None:
    source = await stage.poll(packed(feed(*batch(1, 40)), cut=60))
    assert source.failures == 1 and source.etag == ""
    await stage.poll(packed(feed(*batch(1, 40))))
    assert await stage.titles() == titles(1, 40)


@pytest.mark.parametrize(
    ("declared", "encoded"),
    [("iso-8859-1", "utf-8"), ("utf-8", "cp1252"), ("us-ascii", "utf-8"), ("x-unknown", "utf-8")],
)
async def test_a_wrong_charset_in_the_header_spoils_no_words(
    stage: Stage, declared: str, encoded: str
) -> None:
    body = feed(item(1, "Putin di café Père")).replace('version="1.0"', f'version="1.0" encoding="{encoded}"')
    headers = {"Content-Type": f"application/rss+xml; charset={declared}"}
    await stage.poll(Says(body.encode(encoded), headers=headers))
    assert await stage.titles() == ["Putin di café Père"]


async def test_new_guids_for_old_items_tell_nothing_again(stage: Stage) -> None:
    for turn in range(3):
        await stage.poll(Says(feed(*(item(number, guid=f"{turn}-{number}") for number in range(1, 4)))))
    assert sorted(await stage.alerts()) == titles(1, 3)


async def test_http_becomes_https_and_nothing_is_told_again(stage: Stage) -> None:
    for scheme in ("http", "https"):
        link = f"{scheme}://berita.example/1"
        await stage.poll(Says(feed(item(1, guid=link, link=link))))
    assert await stage.alerts() == titles(1, 1)


async def test_dates_that_move_and_an_order_that_turns_tell_nothing_again(stage: Stage) -> None:
    await stage.poll(Says(feed(*batch(1, 5))))
    turned = [item(number, date="Sun, 22 Nov 2026 12:30:00 GMT") for number in range(1, 6)]
    await stage.poll(Says(feed(*turned)))
    assert len(await stage.alerts()) == 5


async def test_a_clock_in_the_future_neither_hides_an_item_nor_stops_the_polls(stage: Stage) -> None:
    future = {"Date": "Mon, 01 Jan 2091 00:00:00 GMT", "Expires": "Tue, 02 Jan 2091 00:00:00 GMT"}
    ahead = "Mon, 01 Jan 2091 00:00:00 GMT"
    source = await stage.poll(Says(feed(item(1, date=ahead)), headers=future))
    assert await stage.alerts() == titles(1, 1)
    assert stage.waits(source) <= 6 * HOUR * 1.1
    source = await stage.poll(Says(feed(item(2), item(1, date=ahead)), headers=future))
    assert sorted(await stage.alerts()) == titles(1, 2)


async def test_sixty_thousand_items_are_read_in_portions_and_what_is_left_is_named(stage: Stage) -> None:
    began = time.process_time()
    source = await stage.poll(
        Says(feed(*(item(number) for number in range(60_000))), headers={"ETag": '"1"'})
    )
    assert time.process_time() - began < 60
    assert "60,000" in source.problem and source.failures == 0
    portion = len(await stage.titles())
    assert portion >= 1_000 and source.etag == ""  # asked for as a whole again, until it is read
    await stage.poll()
    assert len(await stage.titles()) == 2 * portion


async def test_a_byte_now_and_then_ends_at_the_timeout_and_costs_only_this_source(stage: Stage) -> None:
    began = time.monotonic()
    source = await stage.poll(Says(feed(item(1)), broken="slow"))
    assert time.monotonic() - began < 5 and source.failures == 1 and "completely" in source.problem
    await stage.poll(Says(feed(item(1))))
    assert await stage.alerts() == titles(1, 1)


async def test_a_connection_reset_in_the_body_stores_nothing_by_halves(stage: Stage) -> None:
    source = await stage.poll(Says(feed(*batch(1, 30)), headers={"ETag": '"1"'}, broken="reset"))
    assert (source.failures, source.etag) == (1, "")
    assert await stage.titles() == []
    await stage.poll(Says(feed(*batch(1, 30)), headers={"ETag": '"1"'}))
    assert await stage.titles() == titles(1, 30)


async def test_a_feed_that_turns_into_another_feed_is_told_to_the_owners(stage: Stage) -> None:
    await stage.poll(Says(feed(*batch(1, 8))))
    await stage.poll(Says(feed(*batch(101, 108), name="Toko Obat")))
    assert await stage.titles() == sorted([*titles(1, 8), *titles(101, 108)])
    assert any(
        "Kawat" in notice for notice in await stage.notices()
    )  # nothing of what was there before: a gap


async def test_a_publisher_who_is_gone_is_asked_once_a_day_and_told_about(stage: Stage) -> None:
    for _ in range(3):
        source = await stage.poll(Says("Gone", 410))
    assert stage.waits(source) >= 0.9 * 24 * HOUR
    await stage.poll(Says(feed(item(1))))
    assert await stage.alerts() == titles(1, 1)  # it was not gone


async def test_a_permanent_redirect_is_believed_after_three_times_and_left_when_it_fails(
    stage: Stage,
) -> None:
    def moved(request: web.Request) -> Says:
        if request.path == "/feed.xml":
            return Says(status=301, headers={"Location": "/new.xml"})
        return Says(feed(item(1)))

    await stage.poll(Says(feed(item(1))))
    for _ in range(3):
        await stage.poll(moved)
    stage.requests.clear()
    await stage.poll()
    assert [request.path for request in stage.requests] == ["/new.xml"]
    await stage.poll(Says("Not here", 404))
    stage.requests.clear()
    await stage.poll(Says(feed(*batch(1, 2))))
    assert [request.path for request in stage.requests] == ["/feed.xml"]
    assert sorted(await stage.alerts()) == titles(1, 2)


async def test_polling_stores_the_articles_that_pantau_parse_prints(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    body = feed(
        *batch(1, 6), item(7, "Putin &amp; kawan", body="&lt;p&gt;Isi &lt;b&gt;tebal&lt;/b&gt;.&lt;/p&gt;")
    )
    await stage.poll(Says(body))
    stage.script = [Says(body)]
    await parse_to_lines(f"{stage.address}/feed.xml", ["127.0.0.0/8"])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    async with stage.store.read() as tx:
        stored = {filed.article.id: filed.article for filed in await tx.articles.since(NOON)}
    assert len(printed) == len(stored) == 7
    for line in printed:
        article = stored[line["id"]]
        assert (line["title"], line["body"], line["url"]) == (article.title, article.body, article.url)
        assert article.published and line["published"].startswith(f"{article.published:%Y-%m-%dT%H:%M:%S}")
