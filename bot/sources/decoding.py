"""Bytes to text, whatever the publisher says about them.

Seen: feeds that are UTF-8 and declared Latin-1, one stray Windows byte in a UTF-8 feed (feedparser then
reads the whole feed as Windows-1252, every accent garbled), charsets nobody knows. Chosen: what decodes as
UTF-8 is UTF-8; then what is declared; then UTF-8 with each stray byte read as Windows-1252. Turned down:
guessing by statistics, which changes its mind between two polls.
"""

from __future__ import annotations

import codecs
import re

HEAD_BYTES = 1_024  # where a page declares its charset (HTML standard, 13.2.3.2); XML does so before

BOMS = (  # UTF-32 before UTF-16: its little-endian mark begins with the other's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),  # no mark, but the first letter of XML (XML 1.0, appendix F)
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Codecs that turn bytes into letters and nothing else: Python also knows "zip", "idna", "unicode_escape".
CHARSETS = re.compile(
    r"utf-8|ascii|(?:iso8859|cp|koi8|gb|big5|shift_jis|euc_|mac|tis|iso2022_)[\w-]*", re.ASCII
)
WIDER = {  # what browsers read these labels as (WHATWG Encoding, 4.2)
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
HTML_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a document, and a sentence on what had to be guessed, if anything was. Never raises."""
    for mark, charset in BOMS:
        if body.startswith(mark):
            return _decode_wide(body, charset)
    declared = _declared(body[:HEAD_BYTES], content_type)
    # Seven-bit charsets look like ASCII, so UTF-8 would read them without complaint.
    seven_bit = [charset for charset in declared if charset.startswith("iso2022")]
    others = declared[: declared.index("utf-8")] if "utf-8" in declared else declared
    for charset in (*seven_bit, "utf-8", *others):
        try:
            return body.decode(charset), ""
        except UnicodeDecodeError as error:
            if charset == "utf-8":
                first_bad = error.start
    return (
        body.decode("utf-8", STRAY_BYTES),
        f"Byte {first_bad + 1:,} is not valid UTF-8; it and others like it were read as Windows-1252.",
    )


def _decode_wide(body: bytes, charset: str) -> tuple[str, str]:
    try:
        return body.decode(charset).removeprefix("\ufeff"), ""
    except UnicodeDecodeError:
        note = f"Some bytes are not valid {charset.upper()} and were replaced."
        return body.decode(charset, "replace").removeprefix("\ufeff"), note


def _declared(head: bytes, content_type: str) -> list[str]:
    """The charsets that the document and then the server name, as Python calls them.

    RFC 7303 lets the server win, but servers say one charset for everything and authors know their own.
    """
    labels = [
        label.decode("ascii", "replace")
        for rule in (XML_ENCODING, HTML_CHARSET)
        for label in rule.findall(head)
    ]
    labels += HEADER_CHARSET.findall(content_type)
    found = []
    for label in labels:
        try:
            name = codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        if CHARSETS.fullmatch(name):
            found.append(WIDER.get(name, name))
    return found


def _as_windows(error: UnicodeError) -> tuple[str | bytes, int]:
    """Read the first byte that is no UTF-8 as Windows-1252, and go on after it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1


STRAY_BYTES = "pantau.stray_bytes"
codecs.register_error(STRAY_BYTES, _as_windows)
