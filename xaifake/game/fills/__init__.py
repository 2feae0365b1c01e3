"""What an absent region shows: one file a fill, one public class a file."""
