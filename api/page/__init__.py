"""The page at /: its texts, templates, scripts and styles, all in this folder."""
