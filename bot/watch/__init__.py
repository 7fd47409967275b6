"""Watching without being asked: rounds over every host, what they saw kept and handed on, and a switch for the dead."""
