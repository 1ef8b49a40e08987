"""How the shipped weights were made. Knows images, teachers and optimisers; nothing of the package imports it."""
