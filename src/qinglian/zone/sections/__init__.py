"""One module per section of a pack: the form of its files, and how they are built and checked."""
