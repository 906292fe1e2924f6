"""`make bench`: what this project does in a second, beside what others do on the same machine."""
