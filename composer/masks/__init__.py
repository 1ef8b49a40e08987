"""Masks: one file a mask source; its stem is the word the artist writes."""
