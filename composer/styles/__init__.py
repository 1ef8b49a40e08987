"""Styles: one file a style engine; its stem is the word the artist writes."""
