"""Readers: from a value as the file has it to the value the program uses, or `Wrong` with what was expected.

Those with limits of their own are made in `tables`, for the key they stand for.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from bot.config.mistakes import Wrong, listed, nearest
from bot.digest_times import read as read_digest_time
from bot.quiet import span

Reader = Callable[[Any], Any]

NAME_CHARS = 60  # our own limit: a name is repeated in every alert
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}  # seconds
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_ZONES_OF_INDONESIA = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def text(expected: str, *, pattern: str = r"(?s:.*\S.*)", remedy: str = "") -> Reader:
    """Text that matches the pattern as a whole; by default, any text that is not blank."""
    whole = re.compile(pattern)

    def read(value: object) -> str:
        if not isinstance(value, str) or not whole.fullmatch(value):
            raise Wrong(expected, remedy)
        return value

    return read


def line(expected: str, *, empty: bool = False) -> Reader:
    """One line without control characters, at most NAME_CHARS long; the spaces around it are taken off."""

    def read(value: object) -> str:
        if not isinstance(value, str) or _CONTROL.search(value) or not (value.strip() or empty):
            raise Wrong(expected)
        if len(value.strip()) > NAME_CHARS:
            raise Wrong(f"{expected} of at most {NAME_CHARS} characters")
        return value.strip()

    return read


def list_name(value: object) -> str:
    """The name of a shared list, as a query can write it behind an @; the @ itself may stand here too."""
    expected = 'a name of letters, digits, "-" and "_", such as "KoreaUtara"'
    bare = value.strip().removeprefix("@") if isinstance(value, str) else ""
    # A letter or digit must be in it: names are compared without "-" and "_".
    if not re.fullmatch(rf"[\w-]{{1,{NAME_CHARS}}}", bare) or not any(map(str.isalnum, bare)):
        raise Wrong(expected)
    return bare


def choice(names: Iterable[str]) -> Reader:
    """One of the names."""
    known = tuple(names)

    def read(value: object) -> str:
        if value not in known:
            raise Wrong(listed(known), nearest(value, known) if isinstance(value, str) else "")
        return str(value)

    return read


def number(least: int, most: int) -> Reader:
    """A whole number in the range, both ends included."""

    def read(value: object) -> int:
        # For Python `true` is a number too.
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Wrong(f"a whole number from {least} to {most}")
        return value

    return read


def seconds(least: str, most: str) -> Reader:
    """A duration in the range ("90s", "5m", "2h", "1d", or a number of seconds), in seconds."""
    low, high = _duration(least), _duration(most)

    def read(value: object) -> float:
        found = _duration(value)
        if found is None or low is None or high is None or not low <= found <= high:
            raise Wrong(
                f'a duration from "{least}" to "{most}", such as "90s", "5m" or "2h" (a number is seconds)'
            )
        return float(found)

    return read


def _duration(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(found[1]) * _UNITS[found[2]] if found else None


def timezone(value: object) -> str:
    """A time zone that the zone database knows."""
    expected = 'a time zone such as "Asia/Jakarta", "Asia/Makassar" or "Asia/Jayapura"'
    if not isinstance(value, str) or not value:
        raise Wrong(expected)
    try:
        zoneinfo.ZoneInfo(value)
    # ValueError: a path; OSError: the name of a folder of zones.
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        known = _ZONES_OF_INDONESIA.get(value.upper())
        remedy = f'Write "{known}".' if known else nearest(value, zoneinfo.available_timezones())
        raise Wrong(expected, remedy) from error
    return value


def quiet_hours(value: object) -> str:
    """A span of the day; "" for none."""
    if value == "" or (isinstance(value, str) and span(value)):
        return str(value)
    raise Wrong('a span of the day such as "22:00-06:00", or "" for none')


def digest_time(value: object) -> str:
    """A time of day, on all days or some."""
    if isinstance(value, str) and read_digest_time(value):
        return value
    raise Wrong('a time such as "07:00" or "mon-fri 17:00"')


def identifier(expected: str, *, empty: bool = False) -> Reader:
    """An id that is text without spaces, or a whole number as some platforms give it; text."""
    read_text = text(expected, pattern=r"\S*" if empty else r"\S+")

    def read(value: object) -> str:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return str(value if is_number else read_text(value))

    return read


def web_address(value: object) -> str:
    """An http or https address."""
    expected = 'an address such as "https://example.com/"'
    if not isinstance(value, str) or re.search(r"\s", value) or _CONTROL.search(value):
        raise Wrong(expected)
    try:
        parts = urlsplit(value)
        complete = (
            parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError as error:  # a port or an IPv6 address that is none
        raise Wrong(expected) from error
    if not complete:
        raise Wrong(expected)
    return value


def yes_or_no(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Wrong("true or false, without quotation marks")
    return value


def css(value: object) -> str:
    """A CSS selector; empty for none."""
    import cssselect  # only where a page is watched

    expected = 'a CSS selector such as "main article, .pengumuman li"'
    if not isinstance(value, str) or _CONTROL.search(value):
        raise Wrong(expected)
    try:
        if value.strip():
            cssselect.HTMLTranslator().css_to_xpath(value)
    except cssselect.SelectorError as error:
        raise Wrong(expected, f"It cannot be read: {error}.") from error
    return value.strip()


def optional_web_address(value: object) -> str:
    """An http or https address, or "" for none."""
    return "" if value == "" else web_address(value)


def network(value: object) -> str:
    """A network of addresses, or one address."""
    expected = 'a network such as "10.1.0.0/16", or an address such as "127.0.0.1"'
    if not isinstance(value, str):
        raise Wrong(expected)
    try:
        return str(ipaddress.ip_network(value.strip()))
    except ValueError as error:
        remedy = ""
        with contextlib.suppress(ValueError):  # the bits of a host behind those of its network
            remedy = f'Write "{ipaddress.ip_network(value.strip(), strict=False)}".'
        raise Wrong(expected, remedy) from error


def own_address(value: object) -> str:
    """An address under which others reach this program; empty for none."""
    return "" if value == "" else web_address(value)


def listen_address(value: object) -> str:
    """A host and a port to listen on, "host:port"; empty for none."""
    expected = 'a host and a port such as "127.0.0.1:9464", or "" for none'
    if not isinstance(value, str):
        raise Wrong(expected)
    if value.isdigit():
        raise Wrong(expected, f'Write "127.0.0.1:{value}".')
    if value:
        try:
            address = urlsplit(f"//{value}")
            complete = address.hostname and address.port and address.netloc == value and "@" not in value
        except ValueError as error:
            raise Wrong(expected) from error
        if not complete:
            raise Wrong(expected)
    return value


def source_address(value: object) -> str:
    """An http or https address, or the path (or pattern) of a file with any `file:` taken off."""
    expected = 'an address such as "https://example.com/rss", or the path of a file'
    if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
        raise Wrong(expected)
    if re.match(r"https?:", value, re.IGNORECASE):
        return web_address(value)
    if value.startswith("www."):
        raise Wrong(expected, f'Write "https://{value}".')
    scheme = re.match(r"([a-z][a-z0-9+.-]+):", value, re.IGNORECASE)
    if scheme and scheme[1].lower() != "file":
        raise Wrong(expected, f'"{scheme[0]}" cannot be polled.')
    return re.sub(r"^file:(//(localhost)?(?=/))?", "", value, flags=re.IGNORECASE)


def storage_address(value: object) -> str:
    """The address of a database that outlives the program."""
    expected = '"sqlite:///pantau.db" (a file) or "postgresql://user@host/database"'
    if not isinstance(value, str):
        raise Wrong(expected)
    scheme, there, rest = value.partition("://")
    if not there or scheme not in ("sqlite", "postgresql"):
        raise Wrong(expected, nearest(scheme, ("sqlite", "postgresql")))
    if scheme == "sqlite" and (not rest.startswith("/") or rest in ("/", "/:memory:")):
        raise Wrong(expected, "In memory, everything would be forgotten, and told again, at the next start.")
    return value
