"""A verifiable log: RFC 6962 trees in C2SP tiles, signed checkpoints, proofs, witnesses.

Pure computation over bytes and texts. The parts, from below: hashing · tiles · proofs · tree ·
checkpoints · keys · notes · proof_files · trust · fields · records · witnessing.
"""

from __future__ import annotations

from qinglian.engines.merkle.checkpoints import Checkpoint, parse_checkpoint
from qinglian.engines.merkle.fields import (
    Entry,
    commitment,
    entry_of,
    field_salt,
    read_entry,
    seal_entry,
    seal_texts,
)
from qinglian.engines.merkle.hashing import EMPTY_ROOT, leaf_hash, node_hash
from qinglian.engines.merkle.keys import COSIGNATURE, ED25519, MLDSA44, SigningKey, VerifierKey
from qinglian.engines.merkle.notes import (
    Note,
    Signature,
    cosign,
    open_checkpoint,
    parse_note,
    sign_checkpoint,
    sign_note,
    with_cosignatures,
)
from qinglian.engines.merkle.proof_files import ProofFile, read_proof, write_proof
from qinglian.engines.merkle.proofs import (
    consistency_proof,
    inclusion_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from qinglian.engines.merkle.records import Record, read_record, verify_proof, verify_record, write_record
from qinglian.engines.merkle.tiles import (
    ENTRIES,
    Tile,
    TileReader,
    entry_bundle,
    parse_tile_path,
    split_bundle,
    tile_path,
    tile_places,
    tiles_near,
    width_at,
)
from qinglian.engines.merkle.tree import Tree
from qinglian.engines.merkle.trust import Accepted, Trust, TrustedLog, parse_trust
from qinglian.engines.merkle.witnessing import Request, Verdict, consider, parse_request, request_for

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "EMPTY_ROOT",
    "ENTRIES",
    "MLDSA44",
    "Accepted",
    "Checkpoint",
    "Entry",
    "Note",
    "ProofFile",
    "Record",
    "Request",
    "Signature",
    "SigningKey",
    "Tile",
    "TileReader",
    "Tree",
    "Trust",
    "TrustedLog",
    "Verdict",
    "VerifierKey",
    "commitment",
    "consider",
    "consistency_proof",
    "cosign",
    "entry_bundle",
    "entry_of",
    "field_salt",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "parse_checkpoint",
    "parse_note",
    "parse_request",
    "parse_tile_path",
    "parse_trust",
    "read_entry",
    "read_proof",
    "read_record",
    "request_for",
    "seal_entry",
    "seal_texts",
    "sign_checkpoint",
    "sign_note",
    "split_bundle",
    "tile_path",
    "tile_places",
    "tiles_near",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
    "verify_proof",
    "verify_record",
    "width_at",
    "with_cosignatures",
    "write_proof",
    "write_record",
]
