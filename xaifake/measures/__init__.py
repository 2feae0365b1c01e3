"""Numbers from the literature on explanations, for research: one file each."""
