"""Recompute who was drawn: python draw_check.py transcript.json frame.tsv (drand needs py-ecc)."""

import hashlib
import json
import sys


def must(fact, what):
    if not fact:
        sys.exit(f"Does not hold: {what}.")


sys.excepthook = lambda kind, why, _place: print(f"Does not hold: {kind.__name__} {why}.", file=sys.stderr)


def quicknet(number, signature):  # chain 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971
    from py_ecc import optimized_bls12_381 as bls
    from py_ecc.bls import hash_to_curve
    from py_ecc.bls import point_compression as points

    key = (
        0x83CF0F2896ADEE7EB8B5F01FCAD3912212C437E0073E911FB90022D3E760183C8C4B450B6A0A6C3AC6A5776A2D106451,
        0x0D1FEC758C921CC22B0E17E63AAF4BCB5ED66304DE9CF809BD274CA73BAB4AF5A6E9C76A4BC09E76EAE8991EF5ECE45A,
    )
    tag, message = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", hashlib.sha256(number.to_bytes(8, "big"))
    told, hashed = (
        points.decompress_G1(int.from_bytes(signature, "big")),
        hash_to_curve.hash_to_G1(message.digest(), tag, hashlib.sha256),
    )
    inside = not bls.is_inf(told) and bls.is_inf(bls.multiply(told, bls.curve_order))
    must(inside and bls.pairing(bls.G2, told) == bls.pairing(points.decompress_G2(key), hashed), "beacon")


def source_bytes(source, spoken):
    if source["type"] == "drand":
        quicknet(source["round"], bytes.fromhex(spoken["signature"]))
        return bytes.fromhex(spoken["signature"])
    if source["type"] == "demonstration":
        return hashlib.sha256(
            b"Qinglian demonstration beacon\0" + source["round"].to_bytes(8, "big")
        ).digest()
    if source["type"] == "dice":
        return spoken["dice"].encode()
    share = bytes.fromhex(spoken["shares"][source["who"]] or "")
    must(not share or H(b"draw/1 share\0" + share).hex() == source["commit"], f"share of {source['who']}")
    return share


def H(data):
    return hashlib.new(terms["hash"], data).digest()


record, lines = json.load(open(sys.argv[1], encoding="utf-8")), open(sys.argv[2], "rb").readlines()
terms = record["commitment"]
level = [H(b"\0" + b"".join(lines[at : at + 8])) for at in range(0, len(lines), 8)] or [H(b"")]
while len(level) > 1:
    odd = level[-1:] if len(level) % 2 else []
    level = [H(b"\1" + a + b) for a, b in zip(level[::2], level[1::2], strict=False)] + odd
must(level[0].hex() == terms["frame"]["root"] and len(lines) == terms["frame"]["rows"], "frame")
must(lines == sorted(lines) and len({line[:32] for line in lines}) == len(lines), "a subject stands twice")
text = json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
C, parts = (
    H(b"draw/1 commitment\0" + text.encode()),
    [source_bytes(s, record["spoken"]) for s in terms["sources"]],
)
seed = H(b"draw/1 seed\0" + C + b"".join(len(part).to_bytes(4, "big") + part for part in parts))
must(seed.hex() == record["seed"], "seed")
rows = [line.decode().rstrip("\n").split("\t") for line in lines]
for name, department in terms["departments"].items():
    for stratum, quota in {**terms["strata"], **department["strata"]}.items():
        here = [(pid, int(w)) for pid, s, w, d in rows if s == stratum and (d == "-" or name in d.split(","))]
        (p, q), size, weighted = quota["rate"], len(here), stratum in terms["weighted"]
        n = min(max(quota["min"], -(-size * p // q)), size, size if quota["max"] is None else quota["max"])
        line, left, total = 2**31, n, sum(w for _, w in here)  # from this weight on a subject is certain
        for w in sorted((w for _, w in here), reverse=True) if weighted else ():
            if left <= 0 or left * w < total:
                break
            line, left, total = w, left - 1, total - w
        found = []
        for pid, w in here:
            ticket = H(seed + b"target\0" + bytes.fromhex(pid))
            key = (-1 if w >= line else (int.from_bytes(ticket[:8], "big") << 32) // w) if weighted else 0
            found.append((key, ticket, pid))
        order = [pid for _, _, pid in sorted(found)][: n + min(terms["reserve"], size - n)]
        told = record["result"][name][stratum], record["reserve"][name][stratum]
        must(told == (order[:n], order[n:]), f"{name}, stratum {stratum}")
print("Holds: the draw follows from the list and the sources. Commitment:", C.hex())
