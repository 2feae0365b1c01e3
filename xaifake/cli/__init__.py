"""The command line: one short file a command. Parse, call the library, print."""
