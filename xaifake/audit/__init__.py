"""Cases: the one place where reading, locating, scoring and explaining meet, and how a case is kept on disk."""
