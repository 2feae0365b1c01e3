"""How a view becomes the detector's input: one file a domain, one public class a file, no imports beyond NumPy."""
