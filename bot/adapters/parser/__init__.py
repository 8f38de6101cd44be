"""Parsing in a process of its own, so that no page can hold up, fill or end the program.

`process` starts it, hands it answers and takes articles back; `worker` is what runs there; `frames` is what passes
between them. docs/decisions/0009-parsing.md has the measurements.
"""

from bot.adapters.parser.process import ParserProcess

__all__ = ["ParserProcess"]
