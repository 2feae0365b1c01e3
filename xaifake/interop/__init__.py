"""Other people's conventions: one file a tool whose arrays, calls or records xaifake speaks, imported by its users alone."""
