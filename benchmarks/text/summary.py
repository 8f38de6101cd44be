"""ROUGE on IndoSum beside four peers, in one run; folds held out by article and by outlet; articles per second.

The weights of a fold never saw its articles. `calibrated lead` is the hardest peer: the first sentences, cleaned as
ours are, up to as near sixty words as they come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from rouge_score import rouge_scorer
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from benchmarks.text.indosum import Choices, Row, choices, load, tokens
from benchmarks.text.train_summary import train
from bot.model import Article
from bot.sentences import sentences
from bot.summary import gist
from bot.summary.candidates import Candidate, candidates
from bot.summary.features import LENGTH
from bot.summary.gist import Weights, choose

KINDS = ("rouge1", "rouge2", "rougeLsum")
FOLDS = 5
PEER_SENTENCES = 3


class _Words:
    def to_words(self, text: str) -> list[str]:
        return tokens(text)


def main() -> None:
    rows = load()
    every = [choices(row) for row in rows]
    outlets = [row.outlet for row in rows]
    numbers = [at % FOLDS for at in range(len(rows))]
    ours = _held_out(rows, every, numbers)
    texts = {
        "lead-3": ["\n".join(row.sentences[:PEER_SENTENCES]) for row in rows],
        "calibrated lead": [_lead(row.article) for row in rows],
        "sumy TextRank": [_sumy(TextRankSummarizer(), row) for row in rows],
        "sumy LexRank": [_sumy(LexRankSummarizer(), row) for row in rows],
        "pantau, folds by article": ours,
        "pantau, folds by outlet": _held_out(rows, every, outlets),
        "the same, without a title": _held_out([_untitled(row) for row in rows], every, outlets),
    }
    scores = {name: _rouge(said, rows) for name, said in texts.items()}
    print(f"{'':<28}{'R-1':>7}{'R-2':>7}{'R-Lsum':>8}{'words':>7}")  # noqa: T201
    for name, score in scores.items():
        words = np.mean([len(tokens(text)) for text in texts[name]])
        one, two, longest = 100 * score.mean(0)
        print(f"{name:<28}{one:>7.1f}{two:>7.1f}{longest:>8.1f}{words:>7.0f}")  # noqa: T201
    print(f"\n{'mean of the three, by outlet':<28}{'n':>5}{'lead':>7}{'ours':>7}")  # noqa: T201
    for outlet in sorted(set(outlets)):
        own = [at for at, name in enumerate(outlets) if name == outlet]
        lead = 100 * scores["calibrated lead"][own].mean()
        held = 100 * scores["pantau, folds by outlet"][own].mean()
        print(f"{outlet:<28}{len(own):>5}{lead:>7.1f}{held:>7.1f}")  # noqa: T201
    _speed(rows)


def _held_out(rows: Sequence[Row], every: Sequence[Choices | None], folds: Sequence[object]) -> list[str]:
    said = [""] * len(rows)
    for fold in sorted(set(folds), key=str):
        weights = train([one for one, its in zip(every, folds, strict=True) if one and its != fold])
        for at, row in enumerate(rows):
            if folds[at] == fold:
                said[at] = _ours(row.article, weights)
    return said


def _ours(article: Article, weights: Weights) -> str:
    offered = candidates(article)
    return _text(article, [offered[at] for at in choose(offered, article, weights)])


def _untitled(row: Row) -> Row:
    return Row(Article(row.article.id, body=row.article.body), row.outlet, row.human, row.sentences)


def _lead(article: Article) -> str:
    offered = candidates(article)
    sizes = np.cumsum([one.words for one in offered])
    return _text(article, offered[: max(2, int(np.abs(sizes - LENGTH).argmin()) + 1)])


def _text(article: Article, chosen: Sequence[Candidate]) -> str:
    return "\n".join(article.field(one.field)[one.start : one.end] for one in chosen)


def _sumy(summarizer: Callable[..., Sequence[object]], row: Row) -> str:
    words = _Words()
    document = ObjectDocumentModel([Paragraph([Sentence(text, words) for text in row.sentences])])
    return "\n".join(str(one) for one in summarizer(document, PEER_SENTENCES))


def _rouge(said: Sequence[str], rows: Sequence[Row]) -> np.ndarray:
    scorer = rouge_scorer.RougeScorer(list(KINDS))
    scores = []
    for text, row in zip(said, rows, strict=True):
        human = "\n".join(row.human[start:end] for start, end in sentences(row.human))
        found = scorer.score(human, text)
        scores.append([found[kind].fmeasure for kind in KINDS])
    return np.array(scores)


def _speed(rows: Sequence[Row]) -> None:
    for row in rows[:50]:
        gist(row.article)
    began = time.process_time()
    for row in rows:
        gist(row.article)
    ours = len(rows) / (time.process_time() - began)
    sample = rows[:50]
    began = time.process_time()
    for row in sample:
        _sumy(TextRankSummarizer(), row)
    peer = len(sample) / (time.process_time() - began)
    print(  # noqa: T201
        f"\nspeed, processor time of one core: {ours:,.0f} articles/s, sumy TextRank {peer:,.0f}: {ours / peer:.0f} ×"
    )


if __name__ == "__main__":
    main()
