"""Drawing: what a person sees of a case. Nothing drawn here is ever an input to anything."""
