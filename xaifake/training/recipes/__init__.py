"""One file a recipe: a frozen dataclass of options that says how its detectors are fed, built and trained."""
