"""Store: digest → bytes and action key → output digest, crash-safe; not what the bytes mean."""
