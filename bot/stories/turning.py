"""Words by which an edit turns what an article says, and lines that say nothing of it; Indonesian and English."""

from __future__ import annotations

import re
from collections import Counter

from bot.text import fold

_NEGATIONS = """
    tidak tak bukan belum tanpa jangan bukanlah tidaklah not no never without nor cannot isn't wasn't don't doesn't didn't
    won't hasn't haven't aren't weren't
"""
_TITLES = """
    presiden menteri gubernur bupati wali kota walikota kepala ketua direktur jenderal komisaris kapolres kapolda camat lurah
    bapak pak ibu bu dr prof haji president minister governor mayor chief director mr mrs ms sir general perdana wakil juru
    bicara sekretaris prime
"""
NEGATIONS = frozenset(_NEGATIONS.split())
TITLES = frozenset(_TITLES.split())

# Words on one side of each "|" say another thing than those on the other; commas part the pairs.
_TURNS = """
    naik meningkat menguat bertambah rise rises rose up increase increased gain gained higher
    | turun menurun melemah berkurang anjlok fall falls fell down decrease decreased lost lower,
    menang unggul mengalahkan won win wins beat | kalah takluk dikalahkan lose loses defeated,
    seri imbang draw drew | menang kalah,
    tewas meninggal wafat dead died killed | selamat hidup alive survived | luka terluka injured wounded hurt
    | hilang missing,
    tersangka suspect | saksi witness | terdakwa defendant | terpidana convict | korban victim,
    bersalah guilty dihukum convicted | bebas dibebaskan acquitted innocent freed,
    mengakui membenarkan mengonfirmasi confirmed admitted confirms admits | membantah menyangkal denied denies,
    setuju menyetujui menerima mendukung accepted approved supports agreed | menolak menentang rejected opposes refused,
    dibuka buka membuka opened open reopens | ditutup tutup menutup closed shut,
    ditangkap ditahan arrested detained | dilepas dilepaskan released | buron fugitive,
    batal dibatalkan cancelled canceled | jadi ditunda postponed delayed,
    membeli bought buys | menjual sold sells,
    dugaan diduga terduga allegedly alleged suspected | terbukti proven,
    diculik kidnapped | kabur escaped,
    laki pria lelaki man men boy | perempuan wanita woman women girl,
    utara north | selatan south | timur east | barat west,
    juta million | miliar milyar billion | triliun trillion | ribu thousand,
    aman safe | bahaya berbahaya dangerous unsafe,
    masuk enter entered | keluar leave left exit
"""
# A word -> its side. Where a pair is made of words that have a side already, they keep it.
TURNING: dict[str, str] = {}
for _pair in _TURNS.split(","):
    for _side in _pair.split("|"):
        for _word in _side.split():
            TURNING.setdefault(_word, _side.split()[0])

CORRECTING = re.compile(
    r"\b(?:ralat|diralat|koreksi|dikoreksi|klarifikasi|catatan redaksi|hak jawab|permintaan maaf redaksi|perbaikan redaksi|"
    r"correction|corrected|corrects|clarification|clarifies|editors note|editor's note|erratum|retraction|an earlier version|"
    r"versi sebelumnya|sebelumnya tertulis|semula tertulis|judul diubah|telah diubah dari)\b"
)

_BOILERPLATE = re.compile(
    r"(?:\W*(?:baca|simak|lihat|tonton|read|see|watch)\s+(?:juga|selengkapnya|more|also)\b|(?:\W*(?:editor|penulis|reporter|pewarta|"
    r"redaktur|fotografer|sumber|uploader|kontributor|written by|by|author|photographer|photo|foto|image|copyright|"
    r"hak cipta|related|terkait|berita terkait|artikel terkait|topik|tags?|kata kunci|iklan|advertisement|sponsored)\s*:)|"
    r"\W*(?:copyright|hak cipta|all rights reserved|©)|\W*(?:dapatkan|ikuti|gabung|follow|subscribe|sign up|download|unduh|"
    r"bagikan|share|klik|click|halaman (?:selanjutnya|berikutnya)|next page|scroll|advertisement|iklan|lanjutkan membaca|"
    r"continue reading|jangan lewatkan|trending|terpopuler|most read|(?:komentar|comments)(?=\W*$))(?!\w)|"
    r"\W*(?:diperbarui|diupdate|terakhir diperbarui|dipublikasikan|terbit|last updated|updated|published|posted)\b[^.]{0,60}\d)",
    re.IGNORECASE,
)
_SHORT_BOILERPLATE = 30  # words: a line that begins like a link and is longer is a sentence of the article
_DATELINE = re.compile(r"\W*\(?\w{2,4}(?:/\w{2,4})+\)?\W*|\W*\(\*+\)\W*")  # (fit/pra), (*)


# What a page counts: "1.204 views", "12 Komentar", "Dilihat: 1.204 kali", "5 menit lalu", "3 min read".
_COUNT = r"\d[\d.,]*\s*(?:rb|ribu|jt|k|m)?"
_COUNTER = re.compile(
    rf"\W*{_COUNT}\s*(?:komentar|comments?|views?|likes?|shares?|suka|tayangan|dilihat|dibagikan|(?:x|kali) (?:dibaca|dilihat)|"
    r"(?:menit|jam|hari|minggu) (?:yang )?lalu|(?:minutes?|mins?|hours?|days?|weeks?) ago|menit (?:baca|membaca)|"
    r"(?:minutes?|mins?) read)\W*"
    rf"|\W*(?:dilihat|dibaca|views?|komentar|comments?|shares?|likes?)\W*{_COUNT}\s*(?:kali|x|times)?\W*",
    re.IGNORECASE,
)
_STAMPS = """
    senin selasa rabu kamis jumat jum at sabtu minggu monday tuesday wednesday thursday friday saturday sunday
    sen sel rab kam jum sab min mon tue wed thu fri sat sun
    januari februari maret april mei juni juli agustus september oktober november desember january february march may june july
    august october december jan feb mar apr jun jul agu aug sep okt oct nov des dec
    wib wita wit gmt utc am pm pukul jam tanggal pada at on th st nd rd
"""
_STAMP_WORDS = frozenset(_STAMPS.split())
_STAMP_TOKEN = re.compile(r"\d+|[^\W\d_]+")


def is_boilerplate(sentence: str) -> bool:
    """Is it a byline, a link to another article, a stamp, a counter or an invitation, and not the article's own words?"""
    if _DATELINE.fullmatch(sentence) or _COUNTER.fullmatch(sentence) or _is_stamp(sentence):
        return True
    return bool(_BOILERPLATE.match(sentence)) and len(sentence.split()) <= _SHORT_BOILERPLATE


def _is_stamp(sentence: str) -> bool:
    """A date or time and nothing else: "Senin, 22 Nov 2026 | 14:05 WIB"."""
    tokens = _STAMP_TOKEN.findall(sentence.lower())
    numbers = sum(token.isdigit() for token in tokens)
    return numbers > 1 and all(token.isdigit() or token in _STAMP_WORDS for token in tokens)


_NUMERALS = """
    nol zero | satu one | dua two | tiga three | empat four | lima five | enam six | tujuh seven | delapan eight
    | sembilan nine | sepuluh ten | sebelas eleven | twelve
"""
_ONES = {word: value for value, words in enumerate(_NUMERALS.split("|")) for word in words.split()}
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_SCALE = {"belas": (1, 10), "puluh": (10, 0), "ratus": (100, 0)}


def numbers_of(text: str) -> Counter[str]:
    """The numbers that a text tells, in digits or in words, thousands' separators left out."""
    found: list[str] = []
    for token in _NUMBER.findall(fold(text)):
        if token[0].isdigit():
            found.append(re.sub(r"[.,](?=\d{3}\b)", "", token).replace(",", "."))
        elif token in _ONES:
            found.append(str(_ONES[token]))
        elif token in _SCALE and found and found[-1].isdigit():
            times, plus = _SCALE[token]
            found[-1] = str(int(found[-1]) * times + plus)
    return Counter(found)
