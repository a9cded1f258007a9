"""Pictures: decoded to points and encoded anew. Nothing but what is seen goes on.

Left behind: EXIF with place and device, XMP, comments, thumbnails, whatever is appended. What they say of how
the picture is turned and of its colours is applied first: the points are turned, and converted to sRGB.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from qinglian.capabilities.files.inspection import limits, refusals
from qinglian.faults import Fault

_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_HOW: dict[str, dict[str, Any]] = {
    "jpg": {"quality": 90},
    "png": {"compress_level": 6},
    "webp": {"quality": 90},
}
_MODES = {"jpg": ("L", "RGB"), "png": ("1", "L", "LA", "RGB", "RGBA", "I;16"), "webp": ("RGB", "RGBA")}


def encoded_anew(data: bytes, kind: str) -> bytes:
    """The same picture without anything beside it. Raises Fault for what cannot be read whole."""
    Image.MAX_IMAGE_PIXELS = None  # counted here, with a message of our own
    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
            _fits(image, kind)
            image.load()
            plain = _in_plain_colours(ImageOps.exif_transpose(image), kind)
            plain.info = {}
            out = io.BytesIO()
            plain.save(out, _FORMATS[kind], **_HOW[kind])
            return out.getvalue()
    except MemoryError:
        raise Fault(refusals.HARD) from None
    except Fault:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError,
            KeyError, ArithmeticError, AttributeError):  # fmt: skip
        raise Fault(refusals.DAMAGED) from None  # Pillow has many words for it


def _fits(image: Image.Image, kind: str) -> None:
    points = image.width * image.height
    if points > limits.POINTS:
        most = limits.POINTS // 1_000_000
        raise Fault(refusals.PICTURE_LARGE, points=-(-points // 1_000_000), most=most)
    if kind != "jpg" and getattr(image, "n_frames", 1) > 1:  # a telephone's JPEG brings a second, smaller one
        raise Fault(refusals.MOVING)


def _in_plain_colours(image: Image.Image, kind: str) -> Image.Image:
    profile = image.info.get("icc_profile")
    clear = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA")
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if clear else "RGB")
    if profile and image.mode in ("RGB", "CMYK"):
        image = _to_srgb(image, profile)
    if image.mode in _MODES[kind] and not (clear and image.mode in ("L", "RGB", "1")):
        return image
    return image.convert("RGBA" if clear and kind != "jpg" else "RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a profile that cannot be read says nothing
    return turned if turned is not None else image
