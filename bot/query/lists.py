"""Shared lists: one name for everything that a country, a person or an organisation is called.

Country names come from CLDR (Babel), so nobody here decides what a country is called; below are the short
names of Indonesian newsrooms that CLDR does not have. A name that is also a common word stands in case:( )
form.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache

from bot.query.tree import Node, Style, Term, any_of
from bot.text import fold

LANGUAGES = ("id", "en", "ko", "zh", "ja", "ru", "ar", "th")  # in which a country is also looked for

_SHORT = {  # ISO 3166 -> what newsrooms also write
    "AE": "UEA, UAE",
    "AU": "Aussie",
    "CN": "China, Cina, RRT, RRC",
    "GB": "UK, Britania Raya",
    "KP": "Korut, DPRK",
    "KR": "Korsel",
    "MM": "Burma",
    "PG": "PNG",
    "PS": "Palestina, Palestine",
    "SA": "Saudi",
    "TL": "Timtim",
    "US": "AS, USA, U.S., Paman Sam",
    "ZA": "Afsel",
}
_NAMES = {  # people and organisations
    "ASEAN": "ASEAN, Perhimpunan Bangsa-Bangsa Asia Tenggara, Association of Southeast Asian Nations",
    "BankIndonesia": "Bank Indonesia, BI",
    "BNPB": "BNPB, Badan Nasional Penanggulangan Bencana",
    "DPR": "DPR, Dewan Perwakilan Rakyat",
    "IMF": "IMF, Dana Moneter Internasional, International Monetary Fund",
    "Jokowi": "Jokowi, Joko Widodo",
    "KimJongUn": "Kim Jong Un, Kim Jong-un, 김정은, 金正恩, Ким Чен Ын",
    "KPK": "KPK, Komisi Pemberantasan Korupsi",
    "KPU": "KPU, Komisi Pemilihan Umum",
    "MK": "MK, Mahkamah Konstitusi",
    "NATO": "NATO, Pakta Pertahanan Atlantik Utara, НАТО",
    "Netanyahu": "Netanyahu, נתניהו, نتنياهو",
    "OJK": "OJK, Otoritas Jasa Keuangan",
    "PBB": "PBB, Perserikatan Bangsa-Bangsa, United Nations, ООН, 联合国",
    "Polri": "Polri, Kepolisian Negara Republik Indonesia, Mabes Polri",
    "Prabowo": "Prabowo, Prabowo Subianto",
    "Putin": "Putin, Путин, 普京, プーチン, 푸틴, بوتين, ปูติน",
    "TNI": "TNI, Tentara Nasional Indonesia",
    "Trump": "Donald Trump, Trump, Трамп, 特朗普, トランプ, 트럼프, ترامب",
    "UniEropa": "Uni Eropa, UE, European Union, EU",
    "WHO": "WHO, Organisasi Kesehatan Dunia, World Health Organization",
    "XiJinping": "Xi Jinping, Си Цзиньпин, 习近平, 시진핑",
    "Zelenskyy": "Zelensk*, Зеленский",
}
_CAPITALS = 4  # a name of at most so many letters, all capitals, is also a common word somewhere: AS, BI, WHO


class Lists:
    """Shared lists by name, in any spelling: KoreaUtara, korea-utara, NorthKorea. A newsroom's own come first."""

    def __init__(self, own: Mapping[str, Node] | None = None) -> None:
        self._own = {_bare(name): (name, node) for name, node in (own or {}).items()}

    def __call__(self, name: str) -> Node | None:
        """What a list stands for; None when there is none of that name (without the @)."""
        bare = _bare(name)
        if bare in self._own:
            return self._own[bare][1]
        written = _starter_names().get(bare)
        return None if written is None else any_of([_term(one) for one in written])

    def nearest(self, name: str) -> str:
        """The name that is most like this one; "" when none is."""
        shown = {bare: _shown(one) for bare, one in _starter_spelling().items()}
        shown |= {bare: one for bare, (one, _) in self._own.items()}
        near = difflib.get_close_matches(_bare(name), shown, 1, cutoff=0.75)
        return shown[near[0]] if near else ""


starter = Lists()


def with_own(own: Mapping[str, Node]) -> Lists:
    """A newsroom's own lists, and the starter set for every other name."""
    return Lists(own)


@lru_cache(maxsize=1)
def _starter_names() -> dict[str, tuple[str, ...]]:
    """Every name in the starter set -> what it stands for."""
    from babel import Locale  # a quarter of a second, for those who use a list only

    countries = [Locale(language).territories for language in LANGUAGES]
    found: dict[str, tuple[str, ...]] = {}
    for code, indonesian in countries[0].items():
        if len(code) != 2 or code in ("ZZ", "XA", "XB", "EU", "EZ", "UN", "QO"):
            continue  # continents, unions and test entries are no countries
        written = [names[code].split(" (")[0] for names in countries if code in names]
        written += _SHORT.get(code, "").split(", ") if code in _SHORT else []
        entry = tuple(dict.fromkeys(written))
        for name in (indonesian, countries[1].get(code, indonesian)):
            found.setdefault(_bare(name.split(" (")[0]), entry)
    for name, text in _NAMES.items():
        found[_bare(name)] = tuple(text.split(", "))
    return found


@lru_cache(maxsize=1)
def _starter_spelling() -> dict[str, str]:
    """Every name in the starter set as it is best written."""
    spelled = {_bare(name): name for entry in _starter_names().values() for name in entry}
    return {bare: spelled.get(bare, bare) for bare in _starter_names()} | {
        _bare(name): name for name in _NAMES
    }


def _shown(name: str) -> str:
    """A name without spaces and signs: "Korea Utara" is @KoreaUtara."""
    words = "".join(letter if letter.isalnum() else " " for letter in name).split()
    return "".join(word[0].upper() + word[1:] for word in words)


def _bare(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())


def _term(written: str) -> Term:
    capitals = len(written) <= _CAPITALS and written.isascii() and written.isupper() and written.isalpha()
    return Term(written, Style.CASE if capitals else Style.WORD)
