"""Drift: what a host is set to, what it should be set to, and what lies between."""
