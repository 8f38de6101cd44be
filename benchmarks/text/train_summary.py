"""Trains the weights with which a summary is chosen, and writes them beside the code that uses them.

python -m benchmarks.text.train_summary        about a minute; needs the `bench` extra and IndoSum (see indosum.py)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.text.indosum import Choices, choices, load
from bot.summary.features import PAIR, SENTENCE, WHOLE

OUT = Path(__file__).parents[2] / "bot" / "summary" / "weights.json"
ABOUT = (
    "Trained by benchmarks/text/train_summary.py on IndoSum (Kemal Kurniawan and Samuel Louvan 2018), "
    "https://github.com/kata-ai/indosum, CC BY-SA 4.0; these weights are shared under the same licence."
)
RESTRAINT = 1e-4  # weight decay; ten times as much costs half a point of ROUGE
ROUNDS = 120


def train(articles: Sequence[Choices]) -> dict[str, float]:
    """Weights that raise the expected worth of a choice drawn with probability softmax(weights · values)."""
    values = np.concatenate([one.values for one in articles])
    worth = np.concatenate([one.worth for one in articles])
    counts = np.array([len(one.worth) for one in articles])
    starts = np.cumsum([0, *counts[:-1]])
    spread = values.std(0) + 1e-6
    scaled = (values - values.mean(0)) / spread

    def regret(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = scaled @ weights.astype(np.float32)
        chances = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), counts))
        chances /= np.repeat(np.add.reduceat(chances, starts), counts)
        expected = np.add.reduceat(chances * worth, starts)
        slope = scaled.T @ (chances * (worth - np.repeat(expected, counts))) / len(articles)
        return float(-expected.mean() + RESTRAINT * weights @ weights), 2 * RESTRAINT * weights - slope

    # Least squares on what a choice is worth against its article's average is a good place to begin.
    centred = worth - np.repeat(np.add.reduceat(worth, starts) / counts, counts)
    square = scaled.T @ scaled / len(scaled) + 0.01 * np.eye(scaled.shape[1])
    begin = 10 * np.linalg.solve(square, scaled.T @ centred / len(scaled))
    found = minimize(regret, begin, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    names = [*SENTENCE, *PAIR, *WHOLE]
    return {name: round(float(weight), 4) for name, weight in zip(names, found.x / spread, strict=True)}


def main() -> None:
    weights = train([one for row in load() if (one := choices(row))])
    OUT.write_text(json.dumps({"about": ABOUT, "weights": weights}, indent=1) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(weights)} weights, {OUT.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
