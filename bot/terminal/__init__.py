"""The command line's groups, a room each; `bot.cli` joins them."""
