"""Sources that are files: their path, or a pattern of paths, stands in the configuration, and only there."""

from __future__ import annotations

import glob
import hashlib
import mimetypes
import stat
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SourceError
from bot.ports import Document, Fetched

CHECK_PATH = "Check the path in the configuration."


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it stood when it was looked at."""

    path: Path
    size: int
    changed: int  # nanoseconds


def read_files(pattern: str, etag: str, max_bytes: int) -> Fetched:
    """Every file that `pattern` names (a path, or shell wildcards), in the order of their names.

    `unchanged` when names, sizes and times are those of `etag`. Raises SourceError. Blocks: needs a thread.
    """
    if not Path(pattern).is_absolute():
        raise SourceError(f"'{pattern}' is neither a web address nor the full path of a file.", CHECK_PATH)
    try:
        # Looked at before they are read: a change in between has a new etag at the next poll.
        seen = [_look(path) for path in _paths(pattern)]
        now = _etag(seen)
        if now == etag:
            return Fetched(etag=etag, unchanged=True)
        return Fetched(tuple(_read(one, max_bytes) for one in seen), etag=now)
    except OSError as error:
        raise SourceError(
            f"{error.filename or pattern} cannot be read: {error.strerror}.", CHECK_PATH
        ) from error


def _paths(pattern: str) -> list[Path]:
    """The files meant, at least one. A name that is there as it stands is no pattern."""
    if Path(pattern).exists():
        return [Path(pattern)]
    names = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob would take hidden files too
    found = sorted(path for path in map(Path, names) if path.is_file())
    if found:
        return found
    if glob.has_magic(pattern):
        raise SourceError(f"No file matches {pattern}.", f"{CHECK_PATH} * stands for any letters of a name.")
    raise SourceError(f"{pattern} is not there.", CHECK_PATH)


def _look(path: Path) -> _Seen:
    about = path.stat()
    if stat.S_ISDIR(about.st_mode):
        raise SourceError(f"{path} is a folder.", f"To read the files in it, write {path}/*.txt.")
    if not stat.S_ISREG(about.st_mode):
        raise SourceError(
            f"{path} is not an ordinary file.", CHECK_PATH
        )  # a pipe would be waited for without end
    return _Seen(path, about.st_size, about.st_mtime_ns)


def _etag(seen: list[_Seen]) -> str:
    return hashlib.blake2b(repr(seen).encode(), digest_size=16).hexdigest()


def _read(seen: _Seen, max_bytes: int) -> Document:
    with seen.path.open("rb") as file:
        body = file.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise SourceError(
            f"{seen.path} is larger than {max_bytes:,} bytes.",
            "Raise max_bytes under [polling], or split the file.",
        )
    return Document(seen.path.as_uri(), body, mimetypes.guess_type(seen.path.name)[0] or "")
