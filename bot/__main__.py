"""`python -m bot`: the `pantau` command."""

from bot.cli import main

main()
