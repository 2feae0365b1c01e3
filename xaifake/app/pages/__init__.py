"""One file a page of the app: what it asks, and what it shows."""
