"""Watch: a piece built again on every save, the last good picture always at hand; not pages nor terminals."""
