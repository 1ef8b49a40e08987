"""Preview: the live page of a watch, in a browser on this machine; not how anything is built."""
