"""`make bench`: speed and memory of this project beside others on the same machine."""
