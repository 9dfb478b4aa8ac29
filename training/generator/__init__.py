"""Generator of aligned face pictures of people who do not exist."""
