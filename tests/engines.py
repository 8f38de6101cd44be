"""Both engines, of the index of stored queries and of copies and stories, for every test that asks one of them something."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import pytest

from bot.query.pure import PureIndex
from bot.stories.engine import COMPILED, PURE

try:
    from bot.query.compiled import CompiledIndex
except ImportError:
    CompiledIndex = None  # type: ignore[assignment,misc]  # a class where there is a core


@pytest.fixture(scope="module", params=["pure", "compiled"], autouse=True)
def each_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """A module that imports this has its tests run once with each engine as its `Index`."""
    engine = PureIndex if request.param == "pure" else CompiledIndex
    if engine is None:
        _not_there()
    usual = request.module.Index
    request.module.Index = engine
    yield
    request.module.Index = usual


@pytest.fixture(scope="module", params=["pure", "compiled"], autouse=True)
def each_story_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """A module that imports this has its tests run once with each engine in its `Memory`."""
    engine = PURE if request.param == "pure" else COMPILED
    if engine is None:
        _not_there()
    usual = request.module.Memory
    request.module.Memory = partial(usual, engine=engine)
    yield
    request.module.Memory = usual


def _not_there() -> None:
    if os.environ.get("CI"):
        pytest.fail("the compiled core is not there; in CI it must be")
    pytest.skip("the compiled core is not there: it needs a C compiler when Pantau is installed")
