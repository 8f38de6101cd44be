"""What can go wrong, named for whoever catches it."""

from __future__ import annotations

from dataclasses import dataclass


class PantauError(Exception):
    """The root of all errors this program raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: where it stands, what is wrong, and what to write instead."""

    file: str
    line: int  # 1-based; 0 when the mistake has no line of its own
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text}"


class ConfigError(PantauError):
    """The configuration cannot be used. Carries every problem found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class CannotStart(PantauError):
    """The program cannot run; the text is the one clear sentence for the person at the terminal."""


class StoreTaken(CannotStart):
    """Another process runs on this store. It may end."""


class NotReachable(CannotStart):
    """A chat platform does not answer now; nothing is known to be wrong on our side. Worth another try."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait  # seconds; the platform's own wish


class StoreTrouble(PantauError):
    """The store cannot be used now: what is wrong and what to do. Whoever opened the store has it logged."""


class OwnerLost(PantauError):
    """This process may not be the only one on the store any more; it must end before another one begins."""


class RequestRefused(PantauError):
    """A person asked for something that cannot be done; the text is shown to them as it stands."""


class QueryError(PantauError):
    """A query that cannot be read: what is wrong and where (code points, end exclusive)."""

    def __init__(self, text: str, query: str, start: int, end: int) -> None:
        super().__init__(text)
        self.text, self.query, self.start, self.end = text, query, start, end

    def caret(self) -> str:
        """The line of the query with a line of carets under the part that is wrong."""
        head = self.query.rfind("\n", 0, self.start) + 1
        tail = self.query.find("\n", head)
        line = self.query[head : tail if tail >= 0 else len(self.query)]
        width = max(1, min(self.end, head + len(line)) - self.start)
        return f"{line}\n{' ' * (self.start - head)}{'^' * width}"


class SourceError(PantauError):
    """A source could not be read this time: what is wrong in plain words, and what to do about it."""

    def __init__(
        self, what: str, remedy: str = "", *, retry_after: float | None = None, status: int = 0
    ) -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what, self.remedy = what, remedy
        self.status = status  # of HTTP; 0 where there was no such answer
        self.retry_after = retry_after  # seconds; the publisher's own wish, for the whole host

    @property
    def gone(self) -> bool:
        """Does the publisher say that it is gone for good?"""
        return self.status == 410

    @property
    def missing(self) -> bool:
        """Does the publisher say that there is nothing at the address?"""
        return self.status in (404, 410)


class SendError(PantauError):
    """The root of what a messenger says when a message did not simply arrive."""


class TryAgain(SendError):
    """Certainly not sent; worth another try after `wait` seconds."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait


class Unreachable(TryAgain):
    """Certainly not sent: nobody answers at the platform."""


class TokenRefused(TryAgain):
    """Certainly not sent: the platform does not accept our token any more, for any chat."""


class Uncertain(SendError):
    """The message may or may not have arrived: the answer was lost."""


class MessageRefused(SendError):
    """Certainly not sent, and the platform will never take this message as it is."""


class ChatGone(SendError):
    """Certainly not sent: the chat does not exist for us any more, or we may not post there."""


class ChatMoved(TryAgain):
    """Certainly not sent: the chat has another id on its platform now."""

    def __init__(self, text: str, to: str) -> None:
        super().__init__(text)
        self.to = to


class ThreadGone(SendError):
    """Certainly not sent: the thread or topic was deleted; the chat itself is still there."""


class WriterTrouble(PantauError):
    """The language model gave no answer that can be used."""


class LostLease(PantauError):
    """Somebody else has taken over what this process had claimed; its result must not be stored."""
