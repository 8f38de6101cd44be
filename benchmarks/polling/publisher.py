"""A publisher on the loopback, as a process of its own: one feed for each address 127.x.y.z, in editions.

    python -m benchmarks.polling.publisher PORT

Edition 1 has ITEMS items. From edition 2 on, one feed in five has two new ones, and the others are unchanged (304 to who sends
their ETag). `POST /edition/N` turns the page.
"""

from __future__ import annotations

import sys
from html import escape

from aiohttp import web

ITEMS = 30
CHANGED = 5  # one feed in so many has something new
PARAGRAPHS = 8  # of HTML in an item: real feeds have 28 items of 3.5 kB on average
PARAGRAPH = (
    '<p>Pemerintah menyatakan bahwa <a href="/berita/{number}/{one}?utm_source=rss">pembicaraan</a> akan dilanjutkan pekan '
    "depan di ibu kota, kata <b>juru bicara</b> kementerian kepada wartawan &amp; kantor berita. Rincian menyusul; tidak ada "
    'pihak yang menolak. <img src="/gambar/{one}.jpg" alt="foto"/></p>'
)


def changes(number: int) -> bool:
    return number % CHANGED == 0


def feed(number: int, edition: int) -> bytes:
    """The feed as it is in an edition: the newest items first."""
    new = 2 * (edition - 1) if changes(number) else 0
    body = escape(PARAGRAPH * PARAGRAPHS)
    items = "".join(
        f"<item><title>Kabar {one} dari sumber {number}</title><link>https://news{number}.example/{one}</link>"
        f"<guid isPermaLink='false'>{number}-{one}</guid><pubDate>Wed, 19 Jun 2024 {one % 24:02d}:00:00 +0700</pubDate>"
        f"<description>Nomor {one} di sumber {number}. {body.format(number=number, one=one)}</description></item>"
        for one in range(ITEMS + new, new, -1)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Sumber {number}</title>'
        f"<link>https://news{number}.example/</link><description>d</description>{items}</channel></rss>"
    ).encode()


def address(number: int) -> str:
    """The loopback address that feed is served from: every feed is a host of its own."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


def app() -> web.Application:
    state = {"edition": 1}

    async def serve(request: web.Request) -> web.Response:
        number, edition = int(request.match_info["number"]), state["edition"]
        etag = f'"{number}-{edition if changes(number) else 1}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(
            body=feed(number, edition), content_type="application/rss+xml", headers={"ETag": etag}
        )

    async def turn(request: web.Request) -> web.Response:
        state["edition"] = int(request.match_info["edition"])
        return web.Response()

    made = web.Application()
    made.router.add_get("/feed/{number}", serve)
    made.router.add_post("/edition/{edition}", turn)
    return made


if __name__ == "__main__":
    # All of 127.0.0.0/8 is this machine, but only a listener on every address hears it.
    web.run_app(app(), host="0.0.0.0", port=int(sys.argv[1]), access_log=None, print=None)
