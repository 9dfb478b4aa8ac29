"""Renders the demo's footage: people who do not exist, by own code, offline."""
