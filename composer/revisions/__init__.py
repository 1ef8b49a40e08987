"""Revisions: a piece through its history in git – what differs, and how it looked; not terminals."""
