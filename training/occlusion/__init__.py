"""Masks, dark glasses and headwear on faces: drawn occluders, and the network that finds them."""
