"""bot talks: Slack, SSH, SQLite, time, files and the command line."""
