"""Build: who runs next and where, cancel, and progress."""
