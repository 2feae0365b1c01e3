"""The masking game: regions of a view, what replaces them, and the score of every coalition."""
