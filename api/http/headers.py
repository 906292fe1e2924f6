"""The headers that every answer carries, whoever gives it."""

# For JSON in a browser: nothing in it may run, be framed, be guessed at, stay in a cache, or be
# taken in by pages from elsewhere (of these, those that CORS_ORIGINS names can still fetch it).
ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# What in a table was not taken as it stands: a JSON list, in ASCII.
WARNINGS = "X-Warnings"
POLICY = "Content-Security-Policy"
# Where a route does not set one of its own, as /docs does.
NOTHING = "default-src 'none'; frame-ancestors 'none'"
