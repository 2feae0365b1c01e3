"""Material to try xaifake on: a toy detector with its contract, two pictures, and more of their kind on demand."""
