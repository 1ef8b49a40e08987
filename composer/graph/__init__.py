"""Graph: names resolved to extensions, nodes, manifests, and the JSON Schema."""
