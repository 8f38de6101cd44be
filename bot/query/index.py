"""Which stored queries does an article answer, and on which words?

There are two engines with one behaviour: arrays in C where the package could be compiled, and plain Python. The tests ask
both. FIELD trials and our own (benchmarks/matching) say why: in Python a hit is a dozen steps of the interpreter.
"""

from __future__ import annotations

try:
    from bot.query.compiled import CompiledIndex as _Engine
except ImportError:  # installed where there was no C compiler
    from bot.query.pure import PureIndex as _Engine  # type: ignore[assignment]  # another class with the same methods


class Index(_Engine):
    """Stored queries by key; finds those that an article answers.

    With a sample of typical articles it knows which words are rare, and asks fewer queries in vain.
    """
