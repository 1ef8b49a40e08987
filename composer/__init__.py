"""Composer: a photobashing scene composer with declarative project files."""

__version__ = "0.1.0"
