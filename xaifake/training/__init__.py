"""How detectors are made: a recipe, pictures, and what comes out as one model with its contract, its card and its audit.

Here, and in ``detector``, Keras and TensorFlow are imported, within functions. Here belong splits, augmentation, the
pipeline that feeds training, the loop, tuning and ensembles. What a trained detector scores is for ``audit`` to say.
"""
