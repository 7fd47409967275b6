"""The ledger, the only room that knows SQL: one file, one writer, each step together with its audit row."""
