"""policies judge: pure code that decides what may happen, and says why not."""
