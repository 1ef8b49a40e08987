"""Cli: commands, what they print, and exit codes."""
