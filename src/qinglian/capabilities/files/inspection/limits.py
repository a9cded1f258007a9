"""How much of everything is read: the platform's own choices, beyond which a file is refused."""

from __future__ import annotations

MB = 1_000_000
POINTS = 50_000_000  # of a picture
PARTS = 2_000  # of a packed file
UNPACKED = 200 * MB  # all parts together
RATIO = 100  # unpacked to packed, of what is larger than SMALL
SMALL = 2 * MB
OBJECTS = 300_000  # of a PDF
LARGEST_RESULT = 64 * MB  # what the child may write
MEMORY = 1_000 * MB  # address space of the child
SECONDS = 15  # of computing
PATIENCE = 25  # seconds by the clock on the wall
