"""Pairs of Shared Ethernet Adapters: what is seen of them, what is wrong with that, and what can be done."""
