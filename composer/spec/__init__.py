"""Spec: what the artist asked for; names are still strings and all mistakes are gathered in one go."""
