"""A model asked in a process of its own that may read little, write nothing of the user's and reach nobody.

Here: the process, its limits, and what travels between it and the engine. Not here: how a model is loaded and asked, which is
the same within that process as without it (`xaifake.detector.loading`, `xaifake.detector.runtimes`).
"""
