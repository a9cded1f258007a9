from __future__ import annotations

from django.db import models
from django.db.models import Q


class Tree(models.Model):
    """One Merkle tree of a log: the first, or a later one that names the head of the one before."""

    slug = models.SlugField(primary_key=True, max_length=40)  # public, restricted, public-2
    log = models.CharField(max_length=20)  # public | restricted
    generation = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=200, unique=True)
    vkeys = models.JSONField()  # the public halves, as everybody may read them
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()
    opened_at = models.DateTimeField()
    anchored_size = models.BigIntegerField(default=0)  # what the public log last said of this one
    anchored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "generation"], name="tree_once")]


class Entry(models.Model):
    """One thing that happened, as the log holds it. Without a tree and an index it is pending.

    data is what is hashed: open values, and a commitment for each hidden one. It never changes.
    """

    log = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    data = models.BinaryField()
    tree = models.ForeignKey(  # entry_place_once is its index
        Tree, null=True, blank=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    index = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["log", "id"], condition=Q(index=None), name="entry_pending")]
        constraints = [
            models.UniqueConstraint(fields=["tree", "index"], name="entry_place_once"),
            models.CheckConstraint(
                name="entry_placed_or_pending",
                condition=Q(tree=None, index=None) | (~Q(tree=None) & ~Q(index=None)),
            ),
        ]


class EntryField(models.Model):
    """A hidden value with its salt. Erasing drops both; the entry and every proof stay as they are."""

    entry = models.ForeignKey(  # entry_field_once is its index
        Entry, on_delete=models.PROTECT, related_name="hidden", db_index=False
    )
    name = models.CharField(max_length=60)
    value = models.TextField(null=True, blank=True)  # canonical JSON  # noqa: DJ001  null: erased
    salt = models.BinaryField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "name"], name="entry_field_once"),
            models.CheckConstraint(
                name="entry_field_whole_or_erased",
                condition=(~Q(value=None) & ~Q(salt=None) & Q(erased_at=None))
                | (Q(value=None) & Q(salt=None) & ~Q(erased_at=None)),
            ),
        ]


class Tile(models.Model):
    """The hashes of one tile under its full path; while it is unfinished they grow."""

    tree = models.ForeignKey(Tree, on_delete=models.PROTECT, related_name="tiles")
    path = models.CharField(max_length=60)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tree", "path"], name="tile_once")]


class Checkpoint(models.Model):
    """A signed head; text gathers the cosignatures of witnesses."""

    tree = models.ForeignKey(Tree, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.BigIntegerField()
    root = models.BinaryField()
    text = models.TextField()
    signed_at = models.DateTimeField()
    cosigned = models.PositiveSmallIntegerField(default=0)  # by how many of the witnesses that are known

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tree", "size"], name="checkpoint_once")]


class Cosigner(models.Model):
    """How far a witness has come with a tree, and what stood in the way last."""

    tree = models.ForeignKey(Tree, on_delete=models.PROTECT, related_name="cosigners")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    cosigned_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=20, blank=True)  # silent | ahead | refused | false
    tries = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tree", "name"], name="cosigner_once")]


class SequencerLease(models.Model):
    """Whose turn it is to number entries. The token grows with each turn: a late hand holds an old one."""

    name = models.CharField(primary_key=True, max_length=20)
    holder = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    token = models.BigIntegerField(default=0)
