"""The detector: how a model file becomes something that answers questions. Only this folder touches Keras."""
