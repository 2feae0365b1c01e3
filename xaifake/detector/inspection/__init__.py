"""What a model file says of itself, read without TensorFlow and without running anything in it."""
