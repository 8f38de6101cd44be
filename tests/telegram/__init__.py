"""The Telegram adapter, and the stand-in for Telegram that it is tried on."""
