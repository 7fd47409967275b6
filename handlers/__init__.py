"""handlers describe: what can be asked for, what it runs, and what the answers mean. Pure."""
