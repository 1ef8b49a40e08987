"""Benchmarks: what the package costs, and what other programs make of its files."""
