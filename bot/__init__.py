"""Pantau keeps watch on the news and tells a newsroom's chats what matches. A map for the reader:

    pipeline.py    start here: what happens to the articles of a poll, in one transaction
    grouping.py    which event an article tells of, and what it copies; judging.py what that is worth in a chat, novelty.py
                   what it says that is new; timeline.py how a story unfolded, regrouping.py its limits put right
    poll.py        what is due is polled and stored; reading.py what an answer said, settling.py what it means for its source,
                   source_watch.py how sources are, websub.py a publisher who calls, scouting.py the feed behind an address
    full_text.py   the pages of articles that came as teasers
    revisits.py    alerted articles are looked at again: page_again.py what stands there, aftermath.py what that means,
                   retelling.py the alert as things are now
    dispatch.py    messages leave: one lane per chat, in order, once; pace.py how close, rests.py how long one waits,
                   quiet.py quiet hours, standings.py chats that moved or closed
    watchlist.py   the watches in force; backtest.py what one would have caught; why.py what one said to an article
    briefing.py    what /summary answers; writing.py a language model's words, checked; digests.py what is told at set times
    trending.py    what /trend answers; spike_watch.py tells when a watch brings far more than usual, causes.py why
    jobs.py        what runs by the clock; vigil.py looks after the platforms, owners.py tells owners, inbox.py keeps requests

    model.py chat.py ports.py errors.py    the nouns, what is said, the edges, what can go wrong
    sources/ query/ stories/ summary/ annotate/ rhythm/ trends/ text.py sentences.py    pure: bytes and values in, values out
    words/         everything people read, in Indonesian and English
    adapters/      the store, HTTP, the parser's process, Slack, Telegram, the console, the engine; only they know their libraries

    app.py         puts it together; cli.py, demo.py, checkup.py, filters.py, importing.py, sourcing.py, attention.py are the
                   `pantau` command
    ../handlers/   what people can ask: router.py has the table

Imports go one way (pyproject.toml, [tool.importlinter]); docs/design.md says why.
"""
