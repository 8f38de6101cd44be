"""Rules between values that are right by themselves: names taken twice, routes that lead nowhere."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.config.mistakes import Mistake, nearest, sentences, shown
from bot.model import SourceKind

Items = Sequence[Mapping[str, Any]]

# What ids look like where the platform fixes it (Slack: conversation ids, message ts; Telegram: sendMessage).
_IDS = {
    ("slack", "id"): (r"[A-Z][A-Z0-9]{2,}", 'the id from the channel\'s details, such as "C0123ABCD"'),
    ("slack", "thread"): (r"|\d+\.\d+", 'the ts of the thread\'s first message, such as "1718790000.123456"'),
    ("telegram", "id"): (r"-?\d+|@\w+", 'the chat\'s number, such as -1001234567890, or "@channel"'),
    ("telegram", "thread"): (r"|\d+", "the number of the topic, such as 12"),
    ("console", "id"): ("console", '"console": there is only one'),
    ("console", "thread"): ("", "nothing: the console has no threads"),
}


def clashes(values: Mapping[str, Any]) -> Iterator[Mistake]:
    """What does not fit together, among the keys that are right by themselves."""
    sources, watches, chats = (values.get(table, []) for table in ("sources", "watches", "chats"))
    for table, items in (("sources", sources), ("watches", watches), ("chats", chats)):
        yield from _twice(table, "name", items, lambda item: str(item.get("name", "")).casefold())
    yield from _twice("lists", "name", values.get("lists", []), _bare_name)
    # The same address or place twice would tell the same thing twice.
    yield from _twice("sources", "url", sources, lambda item: item.get("url"))
    yield from _twice("chats", "id", chats, _place)
    yield from _ids(chats)
    yield from _halves(values.get("websub", {}))
    yield from _patterns(sources)
    # Where a chat's own name could not be read, a route to it is not the mistake.
    if "chats" in values and all("name" in chat for chat in chats):
        names = [chat["name"] for chat in chats]
        yield from _routes(watches, names)
        yield from _owners(values.get("alerts", {}), names)


def _halves(websub: Mapping[str, Any]) -> Iterator[Mistake]:
    """An address that leads nowhere, or a port that nobody knows of."""
    missing = [key for key in ("address", "listen") if not websub.get(key)]
    if len(missing) == 1:
        other = "listen" if missing == ["address"] else "address"
        yield Mistake(
            ("websub", other), f"[websub]: {missing[0]} is missing; hubs need both, address and listen."
        )


def _bare_name(shared: Mapping[str, Any]) -> str:
    """A list's name as queries find it: @korea-utara is @KoreaUtara."""
    return "".join(filter(str.isalnum, str(shared.get("name", "")).casefold()))


def _place(chat: Mapping[str, Any]) -> tuple[str, str, str] | None:
    if "platform" in chat and "id" in chat:
        return chat["platform"], chat["id"], chat.get("thread", "")
    return None


def _twice(
    table: str, key: str, items: Items, identity: Callable[[Mapping[str, Any]], object]
) -> Iterator[Mistake]:
    first: dict[object, int] = {}
    for position, item in enumerate(items):
        same = identity(item)
        if same and first.setdefault(same, position) != position:
            text = f"[[{table}]]: {key} {shown(item[key])} is already used by another"
            yield Mistake((table, position, key), text, other=(table, first[same], key))


def _routes(watches: Items, chats: list[str]) -> Iterator[Mistake]:
    for position, watch in enumerate(watches):
        for number, route in enumerate(watch.get("routes", ())):
            if route is not None and route not in chats:
                path = ("watches", position, "routes", number)
                label = f"[[watches]] {shown(watch.get('name', ''))}"
                yield Mistake(
                    path, sentences(f"{label}: there is no chat {shown(route)}.", _meant(route, chats))
                )


def _meant(name: str, chats: list[str]) -> str:
    """The chat that a wrong name stands for, or all there are."""
    known = f"There are {', '.join(map(shown, chats))}." if chats else "There is no [[chats]] at all."
    return nearest(name, chats) or known


def _owners(alerts: Mapping[str, Any], chats: list[str]) -> Iterator[Mistake]:
    named = alerts.get("owners")
    if named and named not in chats:
        text = f"[alerts]: owners: there is no chat {shown(named)}."
        yield Mistake(("alerts", "owners"), sentences(text, _meant(named, chats)))


def _ids(chats: Items) -> Iterator[Mistake]:
    for position, chat in enumerate(chats):
        for (platform, key), (pattern, expected) in _IDS.items():
            value = chat.get(key)
            if chat.get("platform") == platform and value is not None and not re.fullmatch(pattern, value):
                text = (
                    f"[[chats]] {shown(chat.get('name', ''))}: {key} is {shown(value)}; expected {expected}."
                )
                yield Mistake(("chats", position, key), text)


def _patterns(sources: Items) -> Iterator[Mistake]:
    """A pattern names several files, and only an article may be one of several."""
    for position, source in enumerate(sources):
        url = source.get("url", "")
        if "://" not in url and glob.has_magic(url) and source.get("kind") != SourceKind.ARTICLE:
            label = f"[[sources]] {shown(source.get('name', ''))}"
            text = f'{label}: url {shown(url)} is a pattern of file names; expected kind = "article".'
            yield Mistake(("sources", position, "url"), text)
