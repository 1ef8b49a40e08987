"""Text: a TOML table and the span (line, column) of every key and value in it."""
