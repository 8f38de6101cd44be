"""How often the language is right: sixty words of Indonesian, Malay and English; headlines, with and without a prior.

A prior that is right is easy; so English reports and headlines are also shown with an Indonesian source behind them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from benchmarks.text import indosum
from benchmarks.text.malay import PARAGRAPHS
from bot.annotate.language import LANGUAGES, language
from bot.model import Article

ECB = Path(__file__).parents[3] / "shared" / "data" / "stories" / "ecb-dev.jsonl"
WORDS = 60


def main() -> None:
    peer = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    peer.set_languages(list(LANGUAGES))
    rows = indosum.load()
    indonesian = [_short(row.article.body) for row in rows]
    headlines = [row.article.title.capitalize() for row in rows]
    with ECB.open(encoding="utf-8") as lines:
        stories = [json.loads(line) for line in lines]
    english = [_short(f"{one.get('title', '')} {one.get('body', '')}") for one in stories]
    malay = [_short(text) for text in PARAGRAPHS]
    first = [" ".join(text.split()[:10]) for text in english]
    malay_first = [" ".join(text.split()[:9]) for text in malay]
    print(f"{'':<44}{'n':>6}{'py3langid':>11}{'pantau':>8}")  # noqa: T201
    for name, code, prior, texts in (
        ("60 words, Indonesian", "id", "", indonesian),
        ("60 words, Malay (our own texts)", "ms", "", malay),
        ("60 words, English", "en", "", english),
        ("60 words, English in an Indonesian source", "en", "id", english),
        ("60 words, Malay in an Indonesian source", "ms", "id", malay),
        ("headline, Indonesian, no prior", "id", "", headlines),
        ("headline, Indonesian, its source's prior", "id", "id", headlines),
        ("10 words, English, no prior", "en", "", first),
        ("10 words, English, its source's prior", "en", "en", first),
        ("10 words, English in an Indonesian source", "en", "id", first),
        ("9 words, Malay, its source's prior", "ms", "ms", malay_first),
        ("9 words, Malay, no prior", "ms", "", malay_first),
    ):
        theirs = _share(code, [peer.classify(text)[0] for text in texts])
        ours = _share(code, [language(Article("", body=text), prior) for text in texts])
        print(f"{name:<44}{len(texts):>6}{theirs:>11.3f}{ours:>8.3f}")  # noqa: T201
    began = time.process_time()
    for text in indonesian:
        language(Article("", body=text))
    print(f"\n{len(indonesian) / (time.process_time() - began):,.0f} texts of 60 words a second, one core")  # noqa: T201


def _short(text: str) -> str:
    return " ".join(text.split()[:WORDS])


def _share(code: str, found: Sequence[str]) -> float:
    return found.count(code) / max(1, len(found))


if __name__ == "__main__":
    main()
