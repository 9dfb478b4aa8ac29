"""Increments: the recogniser's last layer, trained on with the poor faces that a site confirmed."""

import os

# Before NumPy is loaded. Its products here are small ones, a face at a time: threads that wait for each other cost twice
# the processor time that the product takes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
