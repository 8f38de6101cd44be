"""NERGRIT, through IndoNLU: Indonesian tokens with the names of people, places and organisations."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[3] / "shared" / "data" / "names"

Sentence = list[tuple[str, str]]  # (word, "B-PERSON" | "I-PERSON" | … | "O")


def load(part: str) -> list[Sentence]:
    """`part`: "train" or "valid"."""
    text = (DATA / f"nergrit-{part}.txt").read_text(encoding="utf-8")
    blocks = (block.strip("\n").split("\n") for block in text.split("\n\n"))
    return [[_pair(line) for line in block] for block in blocks if block != [""]]


def _pair(line: str) -> tuple[str, str]:
    word, tag = line.split("\t")
    return word, tag
