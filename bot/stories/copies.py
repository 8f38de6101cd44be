"""When two articles are the same text in two places.

Chosen: the hash of the folded words, so one wire report in another site's letters and layout is one text.
Turned down: the URL (a live page carries many texts under one), the headline (every outlet writes its
own). A body that says next to nothing ("Breaking news. Read more.") is no evidence, so there the title and
the URL count too. Copies that differ in words come later, beside this and not in its place: equal texts
never depend on a threshold.
"""

from __future__ import annotations

from hashlib import blake2b

from bot.model import Article
from bot.text import folded_words

ENOUGH_WORDS = 20  # a lead sentence; shorter bodies are teasers that two different articles can share
DIGEST_BYTES = 16  # 128 bits: no accidental pair among any number of articles a newsroom will see


def fingerprint(article: Article) -> str:
    """Equal for the same text in two places, and only then: 32 hexadecimal digits.

    Letter case, accents, width, punctuation and layout do not count, nor do headline and URL where the body
    has at least ENOUGH_WORDS words.
    """
    said = folded_words(article.body)
    digest = blake2b(digest_size=DIGEST_BYTES)
    if len(said) < ENOUGH_WORDS:
        # The separators keep words from moving between fields; no word contains one.
        headline = " ".join(folded_words(article.title))
        digest.update("\x00".join([headline, article.url, ""]).encode(errors="surrogatepass"))
    digest.update("".join([f"{word} " for word in said]).encode(errors="surrogatepass"))
    return digest.hexdigest()


def apart(key: str, article: Article) -> str:
    """The key of one source's own article that shares its text, and so the key, with another of that source."""
    told = "\x00".join([key, article.source, article.title or article.url])
    return blake2b(told.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()
