"""Training of the Nightglass models. Importing it applies the allocator's settings to training commands."""

from training.malloc import reexec_with_malloc_settings

reexec_with_malloc_settings()
