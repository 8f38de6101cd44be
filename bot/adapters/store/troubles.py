"""What a database's error means for the person who has to do something about it. Pure."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

REMEDIES = {
    # SQLite
    "disk is full": "Make room on its disk.",
    "disk I/O error": "Look whether its disk is full or broken, or a limit on the size of files is reached.",
    "readonly database": "Let the user that Pantau runs as write the file and its folder, on a disk that can be written.",
    "unable to open": "Let the user that Pantau runs as write the file and its folder, on a disk that can be written.",
    "is not a database": "Name another file in [storage] url, or remove this one if nobody needs it.",
    "malformed": "The file is damaged: restore a backup.",
    "is locked": "Another program keeps it busy: close it.",
    # PostgreSQL
    "No space left on device": "Make room on the server's disk.",
    "read-only transaction": "The server takes no changes: name the primary server in [storage] url.",
    "Connection refused": "Start the server, or correct [storage] url.",
    "does not exist": "Create it on the server, or correct [storage] url.",
    "authentication failed": "Correct the user or the password in [storage] url.",
}
"""A part of what the database says -> what to do."""

CHECK_URL = "Check [storage] url and the server."


def is_trouble(error: DBAPIError) -> bool:
    """Is it about the database's state, and not about what we asked of it?"""
    # DatabaseError itself is "not a database" and "malformed"; its other children are faults of a statement.
    return isinstance(error, OperationalError) or type(error) is DatabaseError or error.connection_invalidated


def explained(error: Exception) -> str:
    """What the database says, in one line, with what to do."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
    return f"{said}. {next((do for words, do in REMEDIES.items() if words in said), CHECK_URL)}"


def named(url: URL) -> str:
    """A store as its owner wrote it, without the password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
