// Who had seen the commitment and the shares, and when: log proofs (C2SP tlog-proof, tlog-checkpoint, signed-note,
// tlog-cosignature) held against the keys that the reader trusts. Needs check.js before it.
const ED25519 = 1, COSIGNATURE = 4, MLDSA44 = 6;

function bytesOf(base64) {
  let digits;
  try { digits = atob(base64); } catch { throw "attest"; }
  if (btoa(digits) !== base64) throw "attest";
  return Uint8Array.from(digits, (sign) => sign.charCodeAt(0));
}

const big = (bytes) => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
const same = (one, other) => hex(one) === hex(other);

// The keys of a trust file: tables, texts, whole numbers and lists of texts, which is all that it may hold.
function readTrust(toml) {
  const logs = [], witnesses = {}, root = {};
  let table = root;
  const rest = toml.replace(/^\uFEFF/, "").replace(/("(?:[^"\\\n]|\\.)*")|#[^\n]*/g, (_, quoted) => quoted || "");
  const line = /\s*(?:\[\[(log|witness)\]\]|([a-z]+)\s*=\s*("(?:[^"\\\n]|\\.)*"|\d+|\[(?:[^"\]]|"(?:[^"\\\n]|\\.)*")*\])[ \t]*(?=\r?\n|$))/y;
  while (rest.slice(line.lastIndex).trim()) {
    const found = line.exec(rest);
    if (!found) throw "trust";
    if (found[1]) { table = { kind: found[1] }; (found[1] === "log" ? logs : []).push(table); if (found[1] === "witness") (root.all = root.all || []).push(table); }
    else try { table[found[2]] = JSON.parse(found[3].replace(/,\s*\]$/, "]")); } catch { throw "trust"; }
  }
  if (root.v !== "trust/1" || !logs.length) throw "trust";
  for (const one of root.all || []) witnesses[one.name] = one.keys.map(readKey);
  for (const log of logs) {
    log.keys = log.keys.map(readKey);
    log.witnesses = log.witnesses || [];
    if (!(log.threshold >= 0 && log.threshold <= log.witnesses.length) || log.witnesses.some((name) => !witnesses[name])) throw "trust";
    if (log.keys.some((key) => key.name !== log.origin)) throw "trust";
  }
  return { logs: Object.fromEntries(logs.map((log) => [log.origin, log])), witnesses };
}

function readKey(line) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(line);
  if (!found) throw "trust";
  const material = bytesOf(found[3]), key = { name: found[1], kind: material[0], public: material.subarray(1) };
  key.id = noble.sha256(joined(text(key.name + "\n"), material)).subarray(0, 4);
  if (hex(key.id) !== found[2]) throw "trust";
  return key;
}

let by = "";
async function ed25519(signature, message, key) { // by the browser where it can, else by the library in this page
  try {
    const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    by = "WebCrypto";
    return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
  } catch { by = "noble"; }
  try { return noble.ed25519.verify(signature, message, key, { zip215: false }); } catch { return false; }
}

// {index, steps, body, lines, origin, size, root} of a proof's text
function readProof(proof) {
  const cut = proof.indexOf("\n\n"), head = proof.slice(0, cut).split("\n"), note = proof.slice(cut + 2);
  if (cut < 0 || head.shift() !== "c2sp.org/tlog-proof@v1") throw "attest";
  if (head[0] && head[0].startsWith("extra ")) head.shift();
  const index = /^index (0|[1-9]\d{0,14})$/.exec(head.shift() || ""), end = note.lastIndexOf("\n\n");
  if (!index || end < 0 || !note.endsWith("\n")) throw "attest";
  const body = note.slice(0, end + 1), [origin, size, root] = body.split("\n");
  if (!/^(0|[1-9]\d{0,14})$/.test(size)) throw "attest";
  const lines = note.slice(end + 2, -1).split("\n").map((line) => {
    const found = /^— ([^ +]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    if (!found) throw "attest";
    const data = bytesOf(found[2]);
    return { name: found[1], id: data.subarray(0, 4), data: data.subarray(4) };
  });
  return { index: Number(index[1]), steps: head.map(bytesOf), body, lines, origin, size: Number(size), root: bytesOf(root || "") };
}

function included(leaf, index, size, steps, root) { // RFC 9162 section 2.1.3.2
  const node = (left, right) => noble.sha256(joined(Uint8Array.of(1), left, right)), half = (x) => Math.floor(x / 2);
  let number = index, last = size - 1, found = leaf;
  if (index >= size) return false;
  for (const step of steps) {
    if (!last) return false;
    if (number % 2 || number === last) {
      found = node(step, found);
      while (number % 2 === 0 && number) { number = half(number); last = half(last); }
    } else found = node(found, step);
    number = half(number); last = half(last);
  }
  return !last && same(found, root);
}

// Which keys signed a checkpoint, and when; a false Ed25519 signature of a known key spoils the whole note.
async function signers(proof, keys, seen) {
  const signed = new Map();
  for (const line of proof.lines) {
    const key = keys.find((each) => each.name === line.name && same(each.id, line.id));
    if (!key) continue;
    if (key.kind === MLDSA44) { // its signature is not checked here; the later time counts, whoever states it
      if (line.data.length !== 2428) throw "attest";
      signed.set(key, Number(big(line.data.subarray(0, 8)))); seen.unseen += 1;
      continue;
    }
    const timed = key.kind === COSIGNATURE, moment = timed ? big(line.data.subarray(0, 8)) : null;
    const message = timed ? `cosignature/v1\ntime ${moment}\n${proof.body}` : proof.body;
    const signature = line.data.subarray(timed ? 8 : 0);
    if (signature.length !== 64 || !(await ed25519(signature, text(message), key.public))) throw "attest";
    signed.set(key, timed ? Number(moment) : null); seen.checked += 1;
  }
  return signed;
}

// The latest second at which the witnesses that the reader asks for had seen the entry; null if none is asked for.
async function attestedAt(told, entry, trust, seen) {
  if (told === null || told === undefined) return null;
  const proof = readProof(told), log = trust.logs[proof.origin];
  if (!log) throw "log";
  const named = log.witnesses.map((name) => [name, trust.witnesses[name]]);
  const signed = await signers(proof, [...log.keys, ...named.flatMap(([, keys]) => keys)], seen);
  const kinds = (keys) => new Set(keys.map((key) => key.kind)).size;
  const whole = (keys) => kinds(keys.filter((key) => signed.has(key))) === kinds(keys) && keys.some((key) => signed.has(key) && key.kind !== MLDSA44);
  const cosigners = named.filter(([, keys]) => whole(keys)).map(([name]) => name);
  if (!whole(log.keys) || cosigners.length < log.threshold) throw "attest";
  if (!included(noble.sha256(joined(Uint8Array.of(0), text(canonical(entry)))), proof.index, proof.size, proof.steps, proof.root)) throw "attest";
  for (const name of cosigners) seen.names.add(name);
  return cosigners.length ? Math.max(...[...signed.values()].filter((moment) => moment !== null)) : null;
}

function spokenAt(source) { // the second at which a source speaks
  if (source.type === "drand") return 1692803367 + (source.round - 1) * 3;
  return source.type === "demonstration" ? source.round * 60 : source.type === "dice" ? source.time : Infinity;
}

function assuranceOf(terms, spoken, at) {
  const types = new Set(terms.sources.map((source) => source.type)), shares = spoken.shares || {};
  const witnesses = terms.sources.filter((source) => source.type === "share").map((source) => source.who);
  const timed = Math.min(...terms.sources.map(spokenAt)) < Infinity;
  if (types.has("demonstration")) return "demonstration";
  const intime = at.reveals !== null && (timed || at.commitment < at.reveals);
  if (at.commitment === null || (witnesses.length && !intime)) return "C";
  const given = witnesses.filter((who) => shares[who]).length;
  if (types.has("drand")) return given ? "A" : "B";
  return types.has("dice") || given >= 2 ? "B" : "C";
}

// What the proofs in the record show under the reader's trust: {at, names, by, checked, unseen, assurance}.
async function checkAttested(record, toml, commitment) {
  const trust = readTrust(toml), terms = record.commitment, seen = { names: new Set(), checked: 0, unseen: 0 };
  const earliest = Math.min(...terms.sources.map(spokenAt)), moment = earliest === Infinity ? 0 : earliest;
  const entries = {
    commitment: { v: "draw-commitment/1", zone: terms.zone, plan: terms.plan, number: terms.number, commitment, moment },
    reveals: { v: "draw-reveals/1", commitment, shares: record.spoken.shares || {} },
  };
  const at = {};
  for (const [name, entry] of Object.entries(entries)) at[name] = await attestedAt(record.attest[name], entry, trust, seen);
  if (moment && at.commitment !== null && at.commitment >= moment - terms.notice) throw "late";
  if (moment && at.reveals !== null && at.reveals >= moment) throw "late";
  const assurance = assuranceOf(terms, record.spoken, at);
  if (assurance !== record.assurance) throw "assurance";
  return { at, names: [...seen.names], by, checked: seen.checked, unseen: seen.unseen, assurance };
}
