"""Settings of glibc's allocator for training, taken over before PyTorch is loaded.

By default glibc maps every large tensor with `mmap` and unmaps it when it is freed. On a virtual machine the page
faults of that take three quarters of a training step. The settings keep freed memory in the process. The allocator
reads them once, when a process starts, hence the second start of Python.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

SETTINGS = {
    "MALLOC_MMAP_MAX_": "0",  # no mapping of its own for a large block
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),  # freed memory stays in the process up to this size
    "MALLOC_TOP_PAD_": str(256 << 20),  # the heap grows in steps of this size
    "MALLOC_ARENA_MAX": "2",
}


def missing_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of `SETTINGS` that the environment does not name; what it names is left as it is."""
    return {name: value for name, value in SETTINGS.items() if name not in environment}


def is_training_command(arguments: Sequence[str]) -> bool:
    """Whether Python was started as `python ... -m training.<module>`."""
    for option, module in zip(arguments, arguments[1:]):
        if option == "-m":
            return module.startswith("training.")
    return False


def is_glibc() -> bool:
    """Whether this process runs on Linux with glibc; others do not know the settings."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False


def reexec_with_malloc_settings() -> None:
    """Starts a training command once more with the missing settings; returns where nothing is missing."""
    missing = missing_settings(os.environ)
    if missing and is_glibc() and is_training_command(sys.orig_argv):
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **missing})
