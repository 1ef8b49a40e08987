"""Quality: how near a render comes to its style, at what cost to its content, and where it looks wrong."""
