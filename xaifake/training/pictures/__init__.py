"""Pictures to learn from: read once, told apart into parts, and blended with themselves."""
