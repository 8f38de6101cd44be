"""The outbox in SQL: queued, carried, kept back and looked at; a module for each."""

from __future__ import annotations

from bot.adapters.store.carrying import Carrying
from bot.adapters.store.counting import Counting
from bot.adapters.store.holding import Holding
from bot.adapters.store.queueing import Queueing


class SqlDeliveries(Queueing, Carrying, Holding, Counting):
    """bot.ports.Deliveries."""
