"""Countries by any of their names, and their name in a chat's language (Unicode CLDR through Babel)."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale

# How news writes them and CLDR does not: abbreviations and older names.
ALSO = {
    "as": "US", "a.s.": "US", "us": "US", "u.s.": "US", "usa": "US", "amerika": "US", "america": "US", "uk": "GB",
    "inggris": "GB",
    "britain": "GB", "england": "GB", "korut": "KP", "dprk": "KP", "korsel": "KR", "cina": "CN", "tiongkok": "CN", "china": "CN",
    "rrt": "CN", "uea": "AE", "uae": "AE", "rusia": "RU", "burma": "MM", "turki": "TR", "turkey": "TR", "palestina": "PS",
    "palestine": "PS", "ceko": "CZ", "saudi": "SA", "ri": "ID", "png": "PG", "vatikan": "VA", "hong kong": "HK", "taiwan": "TW",
    "republik rakyat tiongkok": "CN", "republik indonesia": "ID", "kongo": "CD", "belanda": "NL", "suriah": "SY", "siria": "SY",
}  # fmt: skip
SHORT = 3  # letters: such a name counts only in capitals ("AS" is a country, "as" is a word)
MOST_WORDS = 4


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    known = {
        name.lower(): code
        for language in ("id", "ms", "en")
        for code, name in Locale(language).territories.items()
        if code.isalpha() and len(code) == 2 and code not in ("EU", "EZ", "UN", "ZZ", "QO")
    }
    return known | ALSO


def country(name: str) -> str:
    """The ISO code of a country that is called so, else ""."""
    if len(name) <= SHORT and not name.isupper():
        return ""
    return _codes().get(" ".join(name.split()).lower(), "")


@lru_cache(maxsize=1024)
def named(code: str, language: str) -> str:
    """What the country is called in a language: ("KP", "id") -> "Korea Utara"."""
    return str(Locale(language).territories.get(code, code))


# Endings of addresses that are sold to everybody.
_SOLD = frozenset("ac ai am cc co fm gg im io is ly me nu sh to tv ws".split())  # noqa: SIM905


def country_of(url: str) -> str:
    """The ISO code of the country that an address ends in; "" where the address does not say."""
    try:
        ending = (urlsplit(url).hostname or "").rpartition(".")[2].lower()
    except ValueError:  # "http://["
        return ""
    if ending == "uk":
        return "GB"
    return ending.upper() if ending not in _SOLD and ending.upper() in _codes().values() else ""
