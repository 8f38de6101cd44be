"""What the program says on standard error: lines to read, or JSON to search.

Every line of a delivery's way carries its id: `queued` when the article's transaction is durable, `sent` or the
trouble on the way, and whatever an adapter says in between. In JSON, `delivery`, `chat`, `subject`, `source` and
`article` are keys; as text they stand behind the sentence when all is told (`-v`).

The modules log through the standard library. structlog puts the context beside what they say (context variables:
a task that is started while one is bound has it too), and renders what other libraries log in the same form.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars
from structlog.typing import Processor

FORMATS = ("text", "json")
LEVELS = ("warning", "info", "debug")

Event = MutableMapping[str, Any]
about = bound_contextvars
"""`with about(delivery=…):` everything that is logged inside carries these."""


def set_up(*, level: str = "warning", form: str = "text", out: TextIO | None = None) -> None:
    """Log to `out` (standard error) from now on, whatever was set up before."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True) if form == "json" else local_time(),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else as_text(full=level != "warning"),
    ]
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it names its plug-ins at every start


def local_time() -> Processor:
    return structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False)


def as_text(*, full: bool) -> Callable[[Any, str, Event], str]:
    """A line for people: the level and the sentence; with `full` also the time before and the context behind."""

    def render(_logger: Any, _method: str, event: Event) -> str:
        time, level, said = event.pop("timestamp"), event.pop("level").upper(), event.pop("event")
        trace = event.pop("exception", "")
        del event["logger"]
        line = f"{level}: {said}"
        if full:
            context = " ".join(f"{key}={value}" for key, value in event.items())
            line = f"{time} {level:<7} {said}" + (f"  [{context}]" if context else "")
        return f"{line}\n{trace}" if trace else line

    return render
