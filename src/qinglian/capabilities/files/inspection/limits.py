"""How much of everything is read: the platform's own choices, beyond which a file is refused."""

from __future__ import annotations

MB = 1_000_000
POINTS = 50_000_000  # of a picture
PARTS = 2_000  # of a packed file
UNPACKED = 200 * MB  # all parts together
RATIO = 100  # unpacked to packed, of what is larger than SMALL
SMALL = 2 * MB
STREAM = 50 * MB  # what one part of a PDF, no picture, unpacks to
POINTS_ON_PAPER = 1_000_000_000  # of a picture in a PDF: the largest sheet, scanned finely
OBJECTS = 300_000  # of a PDF
LARGEST_RESULT = 64 * MB  # what the child may write
MEMORY = 1_000 * MB  # address space of the child
SECONDS = 15  # of computing
PATIENCE = 25  # seconds by the clock on the wall
