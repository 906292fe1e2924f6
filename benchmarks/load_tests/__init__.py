"""Load tests: each starts the real server, puts load on it, and prints figures with their aims."""
