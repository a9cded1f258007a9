from __future__ import annotations

from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """Content that was taken in, once however often it is sent; the bytes lie on the disk by their hash."""

    sha = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10)  # pdf | jpg | …
    size = models.PositiveBigIntegerField()
    scan = models.CharField(max_length=10)  # clean | none: whether a scanner looked, and found nothing
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scan__in=["clean", "none"]), name="file_scan_is_known")
        ]


class FileUse(models.Model):
    """Who holds a file, where, and under which name; content that nobody holds any more is erased."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="uses")
    holder = models.CharField(max_length=60)  # "draft:7", "case:12"; the holder's own word
    slot = models.CharField(max_length=60, blank=True)  # the field of the form
    name = models.CharField(max_length=140)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "slot", "file"], name="file_held_once")]
