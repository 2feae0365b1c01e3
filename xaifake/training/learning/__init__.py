"""The loop: phases, checkpoints, logs and curves."""
