"""Sources that are files: a path or a pattern of paths."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.http import HttpFetcher
from bot.errors import SourceError
from bot.model import Source
from bot.ports import Fetched

LIMIT = 1_000  # bytes


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(1.0, LIMIT) as one:
        yield one


async def read(fetcher: HttpFetcher, path: Path, etag: str = "") -> Fetched:
    return await fetcher.fetch(Source(1, "Arsip", str(path), etag=etag))


async def failure(fetcher: HttpFetcher, path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read(fetcher, path)
    assert caught.value.remedy
    return caught.value


async def test_a_file_is_a_document_with_a_file_address(fetcher: HttpFetcher, tmp_path: Path) -> None:
    path = tmp_path / "kabar pagi.html"
    path.write_bytes(b"<p>Pagi")
    [document] = (await read(fetcher, path)).documents
    assert document.url == f"file://{tmp_path}/kabar%20pagi.html"
    assert (document.body, document.content_type) == (b"<p>Pagi", "text/html")


async def test_a_pattern_is_every_file_it_matches_in_order(fetcher: HttpFetcher, tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.xml", ".hidden.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder.txt").mkdir()
    fetched = await read(fetcher, tmp_path / "*.txt")
    assert [document.body for document in fetched.documents] == [b"a.txt", b"b.txt"]


async def test_a_file_whose_name_looks_like_a_pattern_is_that_file(
    fetcher: HttpFetcher, tmp_path: Path
) -> None:
    (tmp_path / "[1].txt").write_text("brackets")
    (tmp_path / "1.txt").write_text("other")
    [document] = (await read(fetcher, tmp_path / "[1].txt")).documents
    assert document.body == b"brackets"


async def test_files_that_did_not_change_are_unchanged(fetcher: HttpFetcher, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("satu")
    first = await read(fetcher, tmp_path / "*.txt")
    again = await read(fetcher, tmp_path / "*.txt", first.etag)
    assert not first.unchanged
    assert (again.unchanged, again.etag, again.documents) == (True, first.etag, ())


@pytest.mark.parametrize("change", ["same size", "same time", "new file", "new name", "gone"])
async def test_every_change_of_the_files_is_seen(fetcher: HttpFetcher, tmp_path: Path, change: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("satu")
    (tmp_path / "z.txt").write_text("tetap")
    first = await read(fetcher, tmp_path / "*.txt")
    then = path.stat().st_mtime_ns
    match change:
        case "same size":
            path.write_text("dua!")
            os.utime(path, ns=(then, then + 1))
        case "same time":
            path.write_text("lebih panjang")
            os.utime(path, ns=(then, then))
        case "new file":
            (tmp_path / "b.txt").write_text("")
        case "new name":
            path.rename(tmp_path / "c.txt")
        case "gone":
            path.unlink()
    again = await read(fetcher, tmp_path / "*.txt", first.etag)
    assert not again.unchanged
    assert again.etag != first.etag


async def test_a_missing_file_is_named(fetcher: HttpFetcher, tmp_path: Path) -> None:
    error = await failure(fetcher, tmp_path / "kabar.txt")
    assert error.what == f"{tmp_path}/kabar.txt is not there."


async def test_a_pattern_that_matches_no_file_is_named(fetcher: HttpFetcher, tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    error = await failure(fetcher, tmp_path / "*.txt")
    assert error.what == f"No file matches {tmp_path}/*.txt."


async def test_a_folder_is_answered_with_the_pattern_to_write(fetcher: HttpFetcher, tmp_path: Path) -> None:
    assert f"{tmp_path}/*.txt" in (await failure(fetcher, tmp_path)).remedy


async def test_a_file_over_the_limit_is_named_and_the_limit_itself_is_allowed(
    fetcher: HttpFetcher, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(bytes(LIMIT))
    assert len((await read(fetcher, path)).documents[0].body) == LIMIT
    path.write_bytes(bytes(LIMIT + 1))
    error = await failure(fetcher, path)
    assert error.what == f"{path} is larger than 1,000 bytes."


async def test_a_pipe_is_refused_and_not_waited_for(fetcher: HttpFetcher, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in (await failure(fetcher, tmp_path / "pipe")).what


async def test_a_file_that_may_not_be_read_is_named(
    fetcher: HttpFetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is played: root, who runs tests in containers, may read everything."""
    path = tmp_path / "a.txt"
    path.touch()

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "open", refuse)
    assert (await failure(fetcher, path)).what == f"{path} cannot be read: Permission denied."


@pytest.mark.parametrize("name", ["x" * 300, "nul\0byte"])
async def test_a_name_that_no_file_can_have_is_an_error_like_any_other(
    fetcher: HttpFetcher, tmp_path: Path, name: str
) -> None:
    await failure(fetcher, tmp_path / name)
