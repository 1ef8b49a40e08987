"""How the shipped weights were made. Knows images, teachers, optimisers; the package does not know it."""
