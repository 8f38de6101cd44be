"""WebSub on the wire: asking hubs, and the address where they come back."""

from bot.adapters.websub.callbacks import Callbacks
from bot.adapters.websub.hubs import HttpHub

__all__ = ["Callbacks", "HttpHub"]
