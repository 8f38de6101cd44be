"""The configuration file and the secrets around it: every mistake at once, each with its line and a remedy.

`tomllib` reads the values, `lines` finds where each one stands, `tables` says which keys there are,
`checking` and `relations` compare, and `loading` puts it all together.
"""

from bot.config.loading import load
from bot.config.settings import (
    Access,
    Alerts,
    Config,
    ListSettings,
    Polling,
    Slack,
    SourceSettings,
    SummarySettings,
    Telegram,
)

__all__ = [
    "Access",
    "Alerts",
    "Config",
    "ListSettings",
    "Logging",
    "Metrics",
    "Polling",
    "Slack",
    "SourceSettings",
    "SummarySettings",
    "Telegram",
    "load",
]
