"""A denoiser for one camera: the shipped one, tuned to the noise that `nightglass cameras profile` measured."""
