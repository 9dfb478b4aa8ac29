"""Increments: the recogniser's last layer, trained on with the poor faces that a site confirmed."""
