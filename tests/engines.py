"""Both engines of the index of stored queries, for every test that asks it something."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bot.query.pure import PureIndex

try:
    from bot.query.compiled import CompiledIndex
except ImportError:
    CompiledIndex = None  # type: ignore[assignment,misc]  # a class where there is a core


@pytest.fixture(scope="module", params=["pure", "compiled"], autouse=True)
def each_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """A module that imports this has its tests run once with each engine as its `Index`."""
    engine = PureIndex if request.param == "pure" else CompiledIndex
    if engine is None:
        if os.environ.get("CI"):
            pytest.fail("the compiled core is not there; in CI it must be")
        pytest.skip("the compiled core is not there: it needs a C compiler when Pantau is installed")
    usual = request.module.Index
    request.module.Index = engine
    yield
    request.module.Index = usual
