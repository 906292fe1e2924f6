"""The headers of every answer, from the app or from the server."""

# For JSON in a browser: no scripts, frames, type guessing or caching, and no embedding by other
# origins (those in CORS_ORIGINS can still fetch it).
ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# Warnings about the rows of a table: a JSON list in ASCII.
WARNINGS = "X-Warnings"
# How the text of a table was read, in ASCII: its encoding, and lines that were left out.
TABLE_NOTES = "X-Table-Notes"
# Which columns of a table were read for what: a JSON object in ASCII.
TABLE_COLUMNS = "X-Table-Columns"
POLICY = "Content-Security-Policy"
# The policy of all routes that do not set their own, as /docs does.
NOTHING = "default-src 'none'; frame-ancestors 'none'"
