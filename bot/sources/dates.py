"""Publishers' dates. A date orders news and is shown to people; it never decides what is new.

feedparser reads CEST and WIB as UTC and epoch seconds as the year 1782, so the common forms are read here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100  # outside: not a date of web news but a misread one
DATE_CHARS = 64  # no written date is longer

ISO = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[T\s]+(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?)?\s*(?P<zone>.*)",
    re.IGNORECASE,
)
RFC_822 = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(?P<day>\d{1,2})[\s-]+(?P<month>[^\W\d]{3,})\.?[\s,-]+(?P<year>\d{4}|\d\d)"
    r"(?:[\s,T]+(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?)?\s*(?P<zone>.*)"
)
EPOCH = re.compile(r"(\d{10})(?:\d{3})?")  # seconds or milliseconds
OFFSET = re.compile(r"(?:GMT|UTC|UT)?\s*([+-])(\d{1,2})(?::?(\d\d))?(?!\d)", re.IGNORECASE)
ZONE_NAME = re.compile(r"\(?([A-Za-z]{1,5})")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan",
            "feb peb",
            "mar",
            "apr",
            "may mei",
            "jun",
            "jul",
            "aug agu ags",
            "sep",
            "oct okt",
            "nov nop",
            "dec des",
        ),
        1,
    )
    for name in names.split()
}  # English and Indonesian, by their first three letters
ZONES = {  # hours east of Greenwich; the names of RFC 822, of Indonesia, and of wire agencies' home towns
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "wib": 7, "wita": 8, "wit": 9, "sgt": 8, "myt": 8, "hkt": 8, "jst": 9, "kst": 9, "ict": 7, "pht": 8,
    "bst": 1, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
    "aest": 10, "aedt": 11, "awst": 8, "nzst": 12, "nzdt": 13,
}  # fmt: skip


def read_date(text: str) -> datetime | None:
    """The moment a publisher's date names, in UTC; None if it cannot be read or lies outside 1990 to 2100.

    Reads ISO 8601, RFC 822 (months in English or Indonesian) and epoch seconds. No known zone means UTC.
    """
    text = text.strip()[:DATE_CHARS]
    if epoch := EPOCH.fullmatch(text):
        return _plausible(datetime.fromtimestamp(int(epoch[1]), UTC))
    found = ISO.match(text) or RFC_822.match(text)
    if not found:
        return None
    month = found["month"]
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 50 else 1900  # RFC 2822, 4.3
    try:
        moment = datetime(
            year,
            int(month) if month.isdigit() else MONTHS[month[:3].lower()],
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            min(int(found["second"] or 0), 59),  # a leap second
            tzinfo=_zone(found["zone"]),
        )
    except (ValueError, KeyError):
        return None
    return _plausible(moment)


def _plausible(moment: datetime) -> datetime | None:
    """The moment in UTC, None if no web news can have this date."""
    return moment.astimezone(UTC) if EARLIEST_YEAR <= moment.year <= LATEST_YEAR else None


def _zone(text: str) -> timezone:
    if offset := OFFSET.match(text):
        sign, hours, minutes = offset.groups()
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if span < timedelta(hours=24):
            return timezone(-span if sign == "-" else span)
    name = ZONE_NAME.match(text)
    return timezone(timedelta(hours=ZONES.get(name[1].lower(), 0))) if name else UTC
