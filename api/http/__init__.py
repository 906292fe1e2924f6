"""Bodies, queries and schemas of requests, and the problem documents that answer bad ones."""
