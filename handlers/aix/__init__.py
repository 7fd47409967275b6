"""`/aix`: hosts that are logged in to by themselves; what their commands answer, and what may be changed there."""
