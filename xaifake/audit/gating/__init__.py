"""Whether an audit keeps to bounds, and what changed between two."""
