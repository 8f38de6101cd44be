"""A body that is unpacked while it arrives keeps its limit, whatever it is made of."""

from __future__ import annotations

import gzip

import pytest

from bot.adapters.http.unpack import Body, TooLarge

LIMIT = 50_000  # bytes


def test_no_more_than_the_limit_is_ever_unpacked() -> None:
    """One chunk of 30 kB would be 30 MB in memory if it were unpacked before it is measured."""
    body = Body("gzip", LIMIT)
    with pytest.raises(TooLarge):
        body.feed(gzip.compress(bytes(30_000_000)))
    assert body.unpacked == LIMIT + 1


def test_members_without_content_cannot_go_on_for_ever() -> None:
    body = Body("gzip", LIMIT)
    nothing = gzip.compress(b"") * 100
    with pytest.raises(TooLarge):
        for _ in range(LIMIT):
            body.feed(nothing)


def test_a_body_of_exactly_the_limit_is_read() -> None:
    for encoding, data in (("", bytes(LIMIT)), ("gzip", gzip.compress(bytes(LIMIT)))):
        body = Body(encoding, LIMIT)
        body.feed(data)
        assert len(body.finish()) == LIMIT


def test_a_gzip_body_may_arrive_in_any_pieces() -> None:
    packed = gzip.compress(b"Jakarta ") + gzip.compress(b"Pyongyang")
    body = Body("gzip", LIMIT)
    for byte in packed:
        body.feed(bytes([byte]))
    assert body.finish() == b"Jakarta Pyongyang"
