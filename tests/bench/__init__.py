"""What hscbot takes in time and memory, beside a peer or a limit measured in the same run. `python -m tests.bench`."""
