"""A model asked in a process of its own that reads little, writes nothing and reaches nobody: `load_detector(isolate=True)`.

    Isolated (answering.py)          what the engine asks, as it asks the runtimes of this process
    └── Model (model.py)             the model of one file, started anew where its process has ended
        └── Process (process.py)     starts the other Python, asks it, believes nothing, ends it
            ├── main (within.py)     there: closes itself, and only then loads the model
            │   └── close (closing.py): landlock.py (files, TCP) · seccomp.py (system calls) · limits, capabilities, network
            └── serve (serving.py)   there: answers; autograph.py keeps in memory what TensorFlow would write

What travels between both is `messages.py`: JSON and float32, no pickle. Not here: how a model is loaded and asked, which is
the same within that process as without it (`xaifake.detector.loading`, `xaifake.detector.runtimes`). Nothing is imported by
this page: the other Python is to be closed before NumPy starts its threads.
"""
