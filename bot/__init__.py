"""Pantau keeps watch on the news and tells a newsroom's chats what matches. A map for the reader:

    pipeline.py    start here: what happens to the articles of one poll, in one transaction
    poll.py        one poll of one source, and when to come back; reading.py what its answer said
    scouting.py    the feed behind an address, before it is saved
    full_text.py   the pages of articles that came as teasers
    dispatch.py    messages leave: one lane per chat, in order, once
    watchlist.py   the watches in force; backtest.py what one would have caught; why.py what one said to an article
    digests.py     what a chat is told at its own times; writing.py a language model's words, checked
    briefing.py    what /summary answers; jobs.py what runs by the clock; configured.py the configuration's queries, read

    model.py chat.py ports.py errors.py    the nouns, what is said, the edges, what can go wrong
    sources/ query/ stories/ summary/ annotate/ text.py sentences.py    pure: bytes and values in, values out
    words/         everything people read, in Indonesian and English
    adapters/      the store, HTTP, Slack, Telegram, the console, the engine; nothing else knows their libraries

    app.py         puts it together; cli.py, demo.py, checkup.py, filters.py, importing.py, sourcing.py are the `pantau` command
    ../handlers/   what people can ask: router.py has the table

Imports go one way (pyproject.toml, [tool.importlinter]); docs/design.md says why.
"""
