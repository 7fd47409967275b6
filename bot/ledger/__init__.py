"""The ledger: the only room that knows SQL. One file, one writer, every step of a request and its audit row together."""
