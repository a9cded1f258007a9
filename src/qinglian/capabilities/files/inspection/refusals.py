"""Why a file is not taken in: what is wrong, and the mend. Each is shown after the file's own name."""

from __future__ import annotations

from qinglian.faults import noop as _

EMPTY = _("the file is empty; choose the one that you meant")
TOO_LARGE = _("the file is larger than %(most)s MB; make it smaller, or send it in parts")
TOO_MANY = _("at most %(most)s files fit here; remove one first")
NOT_TAKEN = _("files of the kind %(kind)s are not taken here; send one of these: %(allowed)s")
UNKNOWN = _("its content is of no kind that is taken here; send one of these: %(allowed)s")
MISMATCH = _(
    "its name ends in .%(suffix)s, but its content is %(kind)s; save it anew from the program that made it"
)
OLD_OFFICE = _("an old Office file, or one with a password; save it without password as docx, xlsx or pdf")
MARKUP = _("a web page or a drawing that can hold a program; print it to PDF and send that")
DAMAGED = _("the file is damaged or cut short; save it anew and send it again")
TWO_KINDS = _("the file is of two kinds at once, or holds more than it shows; save it anew and send it again")

PICTURE_LARGE = _("the picture has %(points)s million points, at most %(most)s can be read; make it smaller")
MOVING = _("several pictures in one file; send each by itself")

PDF_LOCKED = _("the PDF is protected; save it without password and without restrictions")
ACTIVE = _("the document holds something that acts by itself (%(what)s); print it to a new PDF and send that")
PDF_FILES = _("the PDF has other files inside; take them out and send each by itself")

PACKED_LOCKED = _("the file is protected by a password; save it without")
PACKED_MUCH = _("unpacked, the file is too large or has too many parts; send less at once")
PACKED_AGAIN = _("an archive inside another; unpack it and send the files themselves")
PACKED_NAMES = _("names inside the file are double or lead out of it; pack or save it anew")
MACROS = _("the document holds macros; save it without them, or print it to PDF")
INSIDE = _("the document has other files or controls inside (%(what)s); take them out, or print it to PDF")
FETCHES = _("the document fetches something from elsewhere when it is opened; put it in, or print it to PDF")

LINKS = _("the document has a link that opens no page (%(what)s); take it out, or print it to PDF")

NOT_TEXT = _("the text holds signs that are no text, or is in an unknown encoding; save it as UTF-8")
FORMULA = _("line %(row)s begins a cell with a formula; save the values only, or send an xlsx file")

HARD = _("reading this file took too long or too much memory; make it simpler, or print it to PDF")
INFECTED = _(
    "the virus scanner found something in this file (%(what)s); nothing was stored. Check your device"
)
UNSCANNED = _("files cannot be checked for viruses right now; nothing was stored. Try again later")

ALL = frozenset(text for name, text in globals().items() if name.isupper() and isinstance(text, str))
