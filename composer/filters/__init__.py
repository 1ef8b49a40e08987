"""Filters: one file a filter; its stem is the word the artist writes."""
