"""What is wrong with a source, in the reader's language. Adapters and parsers say it in English; here is what that means.

As gettext does it: the English sentence is the key. So whoever finds a trouble writes it where it is found, the log and the
terminal say it as it stands, and a sentence without a translation is shown in English and never lost.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PLACES = {"host": r"\S{1,255}", "number": r"[\d.,]+", "other": r"[\d.,]+", "third": r"[\d.,]+"}
_ANYTHING = r".{1,600}?"

INDONESIAN = {
    # Statuses
    "{host} has nothing there ({status}).": "{host} tidak punya apa-apa di sana ({status}).",
    "{host} says that nothing is new, although nothing was known yet ({status}).": "{host} berkata tidak ada yang baru, padahal belum ada yang diketahui ({status}).",
    "{host} asks for a password ({status}).": "{host} meminta kata sandi ({status}).",
    "{host} does not let us read it ({status}).": "{host} tidak mengizinkan kita membacanya ({status}).",
    "{host} has nothing at this address ({status}).": "{host} tidak punya apa-apa di alamat ini ({status}).",
    "{host} has taken it down for good ({status}).": "{host} sudah menghapusnya untuk seterusnya ({status}).",
    "{host} asks us to come less often ({status}).": "{host} meminta kita datang lebih jarang ({status}).",
    "{host} is not available at the moment ({status}).": "{host} sedang tidak tersedia ({status}).",
    "{host} has a wall against programs, which took Pantau for a harmful one ({status}).": "{host} memakai penghalang program, dan Pantau dikira program jahat ({status}).",
    "{host} has trouble of its own ({status}).": "{host} sedang bermasalah sendiri ({status}).",
    "{host} refuses the request ({status}).": "{host} menolak permintaan ({status}).",
    "{host} did not send the page ({status}).": "{host} tidak mengirim halamannya ({status}).",
    # Connections
    "{host} is no public address, so it is not asked.": "{host} bukan alamat publik, jadi tidak dibuka.",
    "What {host} sends is larger than {number} bytes.": "Kiriman {host} lebih besar dari {number} bita.",
    "What {host} sends cannot be unpacked: {error}.": "Kiriman {host} tidak bisa dibuka kemasannya: {error}.",
    "The name {host} cannot be found.": "Nama {host} tidak ditemukan.",
    "The certificate of {host} is not valid: {error}.": "Sertifikat {host} tidak sah: {error}.",
    "No secure connection to {host} is possible.": "Sambungan aman ke {host} tidak bisa dibuat.",
    "{host} did not answer completely within {number} seconds.": "{host} tidak menjawab sampai selesai dalam {number} detik.",
    "{host} accepts no connection: {error}.": "{host} tidak menerima sambungan: {error}.",
    "{host} sends us from address to address without end.": "{host} melempar kita dari alamat ke alamat tanpa akhir.",
    "{host} sends us to something that is not a web page.": "{host} mengarahkan kita ke sesuatu yang bukan halaman web.",
    "{host} sends us to an address that cannot be read.": "{host} mengarahkan kita ke alamat yang tidak bisa dibaca.",
    "{host} does not speak proper HTTP.": "{host} tidak berbicara HTTP dengan benar.",
    "The address cannot be read.": "Alamatnya tidak bisa dibaca.",
    "The connection to {host} broke off.": "Sambungan ke {host} terputus.",
    # Documents
    "This is a web page, not a feed.": "Ini halaman web, bukan umpan.",
    "A wall against programs answers here, not the feed.": "Di sini penghalang program yang menjawab, bukan umpannya.",
    "The page says that there is nothing at this address, although its status says all is well.": "Halamannya berkata tidak ada apa-apa di alamat ini, walau statusnya baik-baik saja.",
    "A login page answers here, not the feed.": "Di sini halaman masuk yang menjawab, bukan umpannya.",
    "This is plain text, not a feed.": "Ini teks biasa, bukan umpan.",
    "This is a feed, not a single article.": "Ini umpan, bukan satu artikel.",
    "This is binary data, not text.": "Ini data biner, bukan teks.",
    "The document is empty.": "Dokumennya kosong.",
    "The JSON is broken.": "JSON-nya rusak.",
    "No article text was found on the page.": "Di halaman itu tidak ada teks artikel.",
    "The document declares XML entities, which can blow up a reader, so it was not read.": "Dokumennya memuat entitas XML yang bisa melumpuhkan pembaca, jadi tidak dibaca.",
    "Reading it ended the parser, so it was given up.": "Membacanya mematikan pembaca, jadi dilepas.",
    "Reading it took more than {number} seconds of work, so it was given up.": "Membacanya perlu lebih dari {number} detik kerja, jadi dilepas.",
    "Reading it took more than {number} MB of memory, so it was given up.": "Membacanya perlu lebih dari {number} MB memori, jadi dilepas.",
    "{number} of {other} items could be read.": "{number} dari {other} butir bisa dibaca.",
    "The feed has {number} items; {other} of them are read at the next polls.": "Umpannya punya {number} butir; {other} di antaranya dibaca pada kunjungan berikut.",
    "Item {number} of {other} is cut off and waits until the document is complete.": "Butir {number} dari {other} terpotong dan menunggu sampai dokumennya lengkap.",
    "Item {number} of {other} is empty.": "Butir {number} dari {other} kosong.",
    "Item {number} of {other} is not well-formed XML ({error}); it was read as far as possible.": "Butir {number} dari {other} bukan XML yang benar ({error}); dibaca sebisanya.",
    "Item {number} of {other} is not well-formed XML ({error}); nothing of it could be read.": "Butir {number} dari {other} bukan XML yang benar ({error}); tidak ada yang bisa dibaca.",
    "Item {number} of {other} is the same article as Item {third} of {last} and was left out.": "Butir {number} dari {other} sama dengan butir {third} dari {last} dan dilewati.",
    "The document ends without {tag}: items after the last may be missing.": "Dokumennya berakhir tanpa {tag}: butir sesudah yang terakhir mungkin hilang.",
    "A fault of Pantau's own: {kind}. It is logged; please report it.": "Kesalahan Pantau sendiri: {kind}. Sudah dicatat; mohon dilaporkan.",
    # Remedies
    "It is tried again by itself.": "Nanti dicoba lagi dengan sendirinya.",
    "It is tried again by itself; if it lasts, ask the publisher.": "Nanti dicoba lagi dengan sendirinya; kalau terus begitu, tanyakan kepada penerbitnya.",
    "It is tried again by itself; if it lasts, report the address, or remove this source.": "Nanti dicoba lagi dengan sendirinya; kalau terus begitu, laporkan alamatnya atau hapus sumber ini.",
    "Check the address of this source.": "Periksa alamat sumber ini.",
    "If it is right, check this machine's network and DNS.": "Kalau sudah benar, periksa jaringan dan DNS mesin ini.",
    "If it lasts, raise timeout under [polling].": "Kalau terus begitu, naikkan timeout di [polling].",
    "If it lasts, check the address.": "Kalau terus begitu, periksa alamatnya.",
    "If it is a server of yours, list its network in allow_networks under [polling], or after --allow-network.": "Kalau itu server Anda sendiri, tulis jaringannya pada allow_networks di [polling], atau sesudah --allow-network.",
    "Put one into the address (https://name:password@host/…), or remove this source.": "Tulis kata sandinya dalam alamat (https://nama:sandi@host/…), atau hapus sumber ini.",
    "Ask the publisher to admit Pantau, or use another address of the same news.": "Minta penerbitnya mengizinkan Pantau, atau pakai alamat lain untuk berita yang sama.",
    "Find its new address, or remove this source.": "Cari alamat barunya, atau hapus sumber ini.",
    "Poll this source less often; the wait it asks for is kept.": "Kunjungi sumber ini lebih jarang; jeda yang dimintanya ditaati.",
    "Raise max_bytes under [polling], or use a shorter feed.": "Naikkan max_bytes di [polling], atau pakai umpan yang lebih pendek.",
    "Check the name in the address and this machine's clock; otherwise tell the publisher.": "Periksa nama di alamatnya dan jam mesin ini; kalau sudah benar, beri tahu penerbitnya.",
    "Check whether the address should begin with http instead of https.": "Periksa apakah alamatnya seharusnya mulai dengan http, bukan https.",
    "The page names this feed: {url}": "Halaman itu menyebut umpan ini: {url}",
    'Look for the address of its RSS feed; if the page is one article, set kind = "article".': 'Cari alamat umpan RSS-nya; kalau halaman itu satu artikel, tulis kind = "article".',
    "Use an address that needs no login, or ask the publisher for one.": "Pakai alamat yang tidak perlu masuk, atau minta alamat itu kepada penerbitnya.",
    "Use the address of an RSS, Atom or JSON feed.": "Pakai alamat umpan RSS, Atom, atau JSON.",
    'Set kind = "feed" (or leave kind out) for this source.': 'Tulis kind = "feed" (atau hilangkan kind) pada sumber ini.',
    "Use the address of a feed, a page or a text file.": "Pakai alamat umpan, halaman, atau berkas teks.",
    "Open the address in a browser; if it is empty there, too, tell the publisher.": "Buka alamatnya di peramban; kalau di sana kosong juga, beri tahu penerbitnya.",
    "Poll again later; if it stays, tell the publisher.": "Nanti dicoba lagi; kalau tetap begitu, beri tahu penerbitnya.",
    "Use the address of one article or of a feed; pages behind a login or JavaScript cannot be read.": "Pakai alamat satu artikel atau umpan; halaman di balik halaman masuk atau JavaScript tidak bisa dibaca.",
    "Look at the page's source and choose other selectors in include and exclude.": "Lihat kode halamannya dan pilih selektor lain pada include dan exclude.",
    "Open it in a browser to see why.": "Buka di peramban untuk melihat sebabnya.",
    "The page is empty or no HTML.": "Halamannya kosong atau bukan HTML.",
    'This is JSON but no JSON Feed: it has no list named "items".': 'Ini JSON tetapi bukan JSON Feed: tidak ada daftar bernama "items".',
    "This is a list of sitemaps, not a sitemap.": "Ini daftar peta situs, bukan peta situs.",
    "This is no OPML list, or there are no feeds in it.": "Ini bukan daftar OPML, atau tidak ada umpan di dalamnya.",
    "This is no sitemap.": "Ini bukan peta situs.",
    "Use the address of a news sitemap; robots.txt often names it.": "Pakai alamat peta situs berita; sering disebut dalam robots.txt.",
    "Use the address of one article.": "Pakai alamat satu artikel.",
    "Use the address of the feed or article itself.": "Pakai alamat umpan atau artikelnya sendiri.",
    "Watch a smaller page.": "Pantau halaman yang lebih kecil.",
    "Export the subscriptions of your reader as OPML.": "Ekspor langganan dari pembaca Anda sebagai OPML.",
    "Ask the publisher for a feed without <!ENTITY> declarations.": "Minta penerbitnya menyediakan umpan tanpa deklarasi <!ENTITY>.",
}  # fmt: skip

LANGUAGES = {"id": INDONESIAN}  # English stands as it is


def in_words(problem: str, language: str) -> str:
    """A problem of a source, which is one sentence or several, as far as each can be said in this language."""
    known = LANGUAGES.get(language)
    if known is None:
        return problem
    said, rest = [], problem.strip()
    while rest:
        for pattern, template in _patterns(language):
            if found := pattern.match(rest):
                said.append(template.format(**found.groupdict()))
                rest = rest[found.end() :]
                break
        else:
            sentence, dot, rest = rest.partition(". ")
            said.append(sentence + dot.strip())
        rest = rest.lstrip()
    return " ".join(said)


@lru_cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What begins with fixed words first: a place at the beginning would fit nearly anything."""
    templates = sorted(LANGUAGES[language].items(), key=lambda row: (row[0].startswith("{"), -len(row[0])))
    return tuple((_pattern(english), translated) for english, translated in templates)


def _pattern(english: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", english)
    written = [
        f"(?P<{part}>{_PLACES.get(part, _ANYTHING)})" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    ]
    return re.compile("".join(written) + r"(?=\s|$)", re.DOTALL)
