"""Recompute a draw: python draw_check.py transcript.json frame.tsv (for drand: py-arkworks-bls12381)."""

import hashlib
import json
import sys

sys.excepthook = lambda kind, why, _place: print(f"Does not hold: {kind.__name__} {why}.", file=sys.stderr)
QUICKNET = """83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451
              0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"""


def H(data):
    return hashlib.new(terms["hash"], data).digest()


def must(fact, what):
    if not fact:
        sys.exit(f"Does not hold: {what}.")


def said(source):  # the bytes of a source of chance, checked
    number = source.get("round", 0).to_bytes(8, "big")
    if source["type"] == "drand":
        import py_arkworks_bls12381 as bls  # reading a point checks that it is on the curve and in the group

        tag, signature = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", bytes.fromhex(spoken["signature"])
        point = bls.G1Point.hash_to_curve(hashlib.sha256(number).digest(), tag)
        told = bls.G1Point.from_compressed_bytes(signature), bls.G2Point()
        key = bls.G2Point.from_compressed_bytes(bytes.fromhex(QUICKNET))
        must(bls.GT.pairing(*told) == bls.GT.pairing(point, key), "beacon")
        return signature
    if source["type"] == "demonstration":
        return hashlib.sha256(b"Qinglian demonstration beacon\0" + number).digest()
    if source["type"] == "dice":
        return spoken["dice"].encode()
    share = bytes.fromhex(spoken["shares"][source["who"]] or "")  # empty: recorded as absent
    must(not share or H(b"draw/1 share\0" + share).hex() == source["commit"], "share")
    return share


def key_of(
    pid, weight, line
):  # subjects from the weight `line` on are certain; else the smallest keys are drawn
    ticket = H(seed + b"target\0" + bytes.fromhex(pid))
    return -1 if weight >= line else (int.from_bytes(ticket[:8], "big") << 32) // weight, ticket, pid


record, lines = json.load(open(sys.argv[1], encoding="utf-8")), open(sys.argv[2], "rb").readlines()
terms, spoken = record["commitment"], record["spoken"]
level = [H(b"\0" + b"".join(lines[at : at + 8])) for at in range(0, len(lines), 8)] or [H(b"")]
while len(level) > 1:
    pairs = zip(level[::2], level[1::2], strict=False)
    level = [H(b"\1" + a + b) for a, b in pairs] + level[-1:] * (len(level) % 2)
must(level[0].hex() == terms["frame"]["root"] and len(lines) == terms["frame"]["rows"], "frame")
must(lines == sorted(lines) and len({line[:32] for line in lines}) == len(lines), "a subject stands twice")
text = json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
C = H(b"draw/1 commitment\0" + text.encode())
parts = [said(source) for source in terms["sources"]]
seed = H(b"draw/1 seed\0" + C + b"".join(len(part).to_bytes(4, "big") + part for part in parts))
must(seed.hex() == record["seed"], "seed")
rows = [line.decode().rstrip("\n").split("\t") for line in lines]
for name, department in terms["departments"].items():
    for stratum, quota in {**terms["strata"], **department["strata"]}.items():
        here = [(pid, int(w)) for pid, s, w, d in rows if s == stratum and (d == "-" or name in d.split(","))]
        (p, q), size, weighted = quota["rate"], len(here), stratum in terms["weighted"]
        n = min(max(quota["min"], -(-size * p // q)), size, size if quota["max"] is None else quota["max"])
        line, left, total = 2**31 if weighted else 0, n, sum(w for _, w in here)
        for w in sorted((w for _, w in here), reverse=True) if weighted else ():
            if left <= 0 or left * w < total:
                break
            line, left, total = w, left - 1, total - w
        order = [pid for _, _, pid in sorted(key_of(pid, w, line) for pid, w in here)]
        told, end = (record["result"][name][stratum], record["reserve"][name][stratum]), n + terms["reserve"]
        must(told == (order[:n], order[n:end]), f"{name}, stratum {stratum}")
print("Holds: the draw follows from the list and the sources. Commitment:", C.hex())
