// Recomputes a draw from its record and frame. Runs in a worker; needs noble.min.js before it. No network.
"use strict";

const text = (words) => new TextEncoder().encode(words);
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const nibble = (code) => (code < 58 ? code - 48 : code - 87);

function hex(bytes) {
  let digits = "";
  for (let at = 0; at < bytes.length; at++) digits += PAIRS[bytes[at]];
  return digits;
}

function unhex(digits) { // of lower-case digits; of anything else it makes bytes that fit nothing
  const bytes = new Uint8Array(digits.length >> 1);
  for (let at = 0; at < bytes.length; at++) bytes[at] = nibble(digits.charCodeAt(2 * at)) * 16 + nibble(digits.charCodeAt(2 * at + 1));
  return bytes;
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

function sm3(data) { // GB/T 32905-2016
  const turn = (x, n) => (n %= 32, n ? (x << n) | (x >>> (32 - n)) : x);
  const size = data.length, padded = new Uint8Array(((size + 8) >> 6) * 64 + 64), view = new DataView(padded.buffer);
  padded.set(data); padded[size] = 0x80;
  view.setUint32(padded.length - 8, Math.floor(size / 2 ** 29)); view.setUint32(padded.length - 4, (size << 3) >>> 0);
  let v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e].map((x) => x | 0);
  for (let start = 0; start < padded.length; start += 64) {
    const w = [];
    for (let j = 0; j < 16; j++) w.push(view.getInt32(start + 4 * j));
    for (let j = 16; j < 68; j++) {
      const x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15);
      w.push(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6]);
    }
    let [a, b, c, d, e, f, g, h] = v;
    for (let j = 0; j < 64; j++) {
      const k = turn(j < 16 ? 0x79cc4519 : 0x7a879d8a, j);
      const one = turn((turn(a, 12) + e + k) | 0, 7), two = one ^ turn(a, 12);
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const t1 = (ff + d + two + (w[j] ^ w[j + 4])) | 0, t2 = (gg + h + one + w[j]) | 0;
      d = c; c = turn(b, 9); b = a; a = t1;
      h = g; g = turn(f, 19); f = e; e = t2 ^ turn(t2, 9) ^ turn(t2, 17);
    }
    v = [a, b, c, d, e, f, g, h].map((x, j) => x ^ v[j]);
  }
  const out = new DataView(new ArrayBuffer(32));
  v.forEach((x, j) => out.setInt32(4 * j, x));
  return new Uint8Array(out.buffer);
}

const TURNS = [], ORDER = [], LOW = [], HIGH = [];
for (let round = 0, r = 1, x = 1, y = 0; round < 24; round++) { // FIPS 202: offsets, places and constants of a round
  [x, y] = [y, (2 * x + 3 * y) % 5];
  ORDER.push(2 * (5 * y + x)); TURNS.push(((round + 1) * (round + 2) / 2) % 64);
  let low = 0, high = 0;
  for (let j = 0; j < 7; j++) {
    r = ((r << 1) ^ ((r >> 7) * 0x71)) % 256;
    const bit = (1 << j) - 1;
    if (r & 2) { if (bit < 32) low ^= 1 << bit; else high ^= 1 << (bit - 32); }
  }
  LOW.push(low); HIGH.push(high);
}

function keccak(s) { // 25 lanes of 64 bits, each as its low and its high half
  const b = new Uint32Array(10);
  const turned = (near, far, n) => (n < 32 ? (near << n) | (far >>> (32 - n)) : (far << (n - 32)) | (near >>> (64 - n)));
  for (let round = 0; round < 24; round++) {
    for (let x = 0; x < 10; x++) b[x] = s[x] ^ s[x + 10] ^ s[x + 20] ^ s[x + 30] ^ s[x + 40];
    for (let x = 0; x < 10; x += 2) {
      const before = (x + 8) % 10, after = (x + 2) % 10;
      const low = turned(b[after], b[after + 1], 1) ^ b[before], high = turned(b[after + 1], b[after], 1) ^ b[before + 1];
      for (let y = 0; y < 50; y += 10) { s[x + y] ^= low; s[x + y + 1] ^= high; }
    }
    let low = s[2], high = s[3];
    for (let t = 0; t < 24; t++) {
      const to = ORDER[t], first = turned(low, high, TURNS[t]), second = turned(high, low, TURNS[t]);
      low = s[to]; high = s[to + 1]; s[to] = first; s[to + 1] = second;
    }
    for (let y = 0; y < 50; y += 10) {
      for (let x = 0; x < 10; x++) b[x] = s[y + x];
      for (let x = 0; x < 10; x++) s[y + x] ^= ~b[(x + 2) % 10] & b[(x + 4) % 10];
    }
    s[0] ^= LOW[round]; s[1] ^= HIGH[round];
  }
}

function shake256(key, size) { // of a key shorter than a block of 136 bytes
  const lanes = new Uint32Array(50), bytes = new Uint8Array(lanes.buffer), out = new Uint8Array(size);
  bytes.set(key); bytes[key.length] ^= 0x1f; bytes[135] ^= 0x80;
  for (let at = 0; at < size; at += 136) { keccak(lanes); out.set(bytes.subarray(0, Math.min(136, size - at)), at); }
  return out;
}

function stream(key, size, H) { // SHAKE-256 beside SHA-256; with SM3, a counter behind the key
  if (H !== sm3) return shake256(key, size);
  const parts = [];
  for (let block = 0; block * 32 < size; block++) parts.push(H(joined(key, eight(block).subarray(4))));
  return joined(...parts).subarray(0, size);
}

function canonical(value) { // RFC 8785 without floats
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw "form";
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",")}}`;
}

function treeRoot(frame, ends, H) {
  let level = [];
  for (let at = 0; at < ends.length; at += 8) {
    const from = at ? ends[at - 1] : 0, to = ends[Math.min(at + 8, ends.length) - 1];
    level.push(H(joined(Uint8Array.of(0), frame.subarray(from, to))));
  }
  while (level.length > 1) {
    const next = [];
    for (let at = 0; at + 1 < level.length; at += 2) next.push(H(joined(Uint8Array.of(1), level[at], level[at + 1])));
    if (level.length % 2) next.push(level[level.length - 1]);
    level = next;
  }
  return level.length ? level[0] : H(new Uint8Array());
}

const KEY = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
  + "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

function eight(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(number));
  return new Uint8Array(view.buffer);
}

function quicknet(round, signature) {
  try {
    const bls = noble.bls.shortSignatures;
    const message = bls.hash(noble.sha256(eight(round)), "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");
    return bls.verify(unhex(signature), message, unhex(KEY));
  } catch { return false; }
}

function sourceBytes(source, spoken, H) {
  if (source.type === "drand") {
    if (!quicknet(source.round, spoken.signature || "")) throw "beacon";
    return unhex(spoken.signature);
  }
  if (source.type === "demonstration") return noble.sha256(joined(text("Qinglian demonstration beacon\0"), eight(source.round)));
  if (source.type === "dice") return text(spoken.dice || "");
  const share = (spoken.shares || {})[source.who];
  if (share === undefined) throw "share";
  if (share !== null && hex(H(joined(text("draw/1 share\0"), unhex(share)))) !== source.commit) throw "share";
  return unhex(share || "");
}

function seedOf(terms, spoken, H) {
  const commitment = H(text("draw/1 commitment\0" + canonical(terms)));
  const parts = terms.sources.map((source) => sourceBytes(source, spoken, H));
  const framed = parts.flatMap((part) => [eight(part.length).subarray(4), part]);
  return [commitment, H(joined(text("draw/1 seed\0"), commitment, ...framed))];
}

function certainFrom(weights, count) {
  let line = 2 ** 31, total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  for (const weight of weights.sort((a, b) => b - a)) {
    if (count <= 0 || BigInt(count) * BigInt(weight) < total) break;
    total -= BigInt(weight); count -= 1; line = weight;
  }
  return line;
}

function ranked(units, n, weighted) {
  const by = (a, b) => (a < b ? -1 : a > b ? 1 : 0), plain = (a, b) => by(a.ticket, b.ticket) || by(a.pid, b.pid);
  if (!weighted) return units.sort(plain).map((unit) => unit.pid);
  const line = certainFrom(units.map((unit) => unit.weight), n);
  for (const unit of units) {
    unit.key = unit.weight >= line ? -1n : (BigInt("0x" + unit.ticket.slice(0, 16)) << 32n) / BigInt(unit.weight);
  }
  return units.sort((a, b) => by(a.key, b.key) || plain(a, b)).map((unit) => unit.pid);
}

// The lines of a list, if its root and number of rows are the committed ones, sorted, each pseudonym once.
function linesOf(data, frozen, H, width, why) {
  const ends = [], lines = new TextDecoder().decode(data).split("\n");
  for (let at = 0; at < data.length; at++) if (data[at] === 10) ends.push(at + 1);
  const whole = !data.length || data[data.length - 1] === 10;
  if (!whole || !frozen || ends.length !== frozen.rows || hex(treeRoot(data, ends, H)) !== frozen.root) throw why;
  if (lines.pop() !== "" || lines.length !== ends.length) throw why;
  let before = "";
  for (const line of lines) {
    const key = line.slice(0, width);
    if (!/^[0-9a-f]+$/.test(key) || key.length !== width || key <= before) throw why;
    before = key;
  }
  return lines;
}

function rowsOf(lines, terms, seed, H) {
  const prefix = joined(seed, text("target\0"), new Uint8Array(16)), excluded = {}, counts = {};
  for (const name of Object.keys(terms.departments)) counts[name] = Object.fromEntries(Object.keys(terms.strata).map((s) => [s, 0]));
  const rows = lines.map((line) => {
    const [pid, stratum, weight, names] = line.split("\t"), departments = names === "-" ? null : names.split(",");
    const out = stratum.startsWith("x."), reason = stratum.slice(2);
    if (out ? !terms.reasons.includes(reason) : !(stratum in terms.strata)) throw "frame";
    if (out) excluded[reason] = (excluded[reason] || 0) + 1;
    else for (const name of departments || Object.keys(counts)) counts[name][stratum] += 1;
    prefix.set(unhex(pid), 39);
    return { pid, stratum, weight: Number(weight), departments, ticket: out ? "" : hex(H(prefix)) };
  });
  if (canonical(counts) !== canonical(terms.frame.counts) || canonical(excluded) !== canonical(terms.frame.excluded)) throw "frame";
  return rows;
}

const STEP = 2 ** 42;
const unitCost = (load, share) => Math.min(Math.max(0, load - share + 8), 16) * STEP;

// One department's visits and staff, with what each inspector may take.
function taskOf(name, department, targets, staff, barred) {
  const own = staff.filter((one) => one.department === name), demand = department.inspectors, total = targets.length * demand;
  const all = own.reduce((sum, one) => sum + one.availability, 0) || 1;
  for (const one of own) {
    one.share = Math.floor(total * one.availability / all);
    one.limit = department.most === null ? targets.length : Math.min(targets.length, Math.floor(department.most * one.availability / 100));
    one.load = 0;
  }
  return { own, targets, demand, leads: department.qualified, barred };
}

function costsOf(seed, pid, count, H) {
  const data = stream(H(joined(seed, text("assign\0"), unhex(pid))), 5 * count, H), costs = new Float64Array(count);
  for (let k = 0; k < count; k++) for (let b = 0; b < 5; b++) costs[k] = costs[k] * 256 + data[5 * k + b];
  return costs;
}

// Full, allowed, and cheapest by its prices: one pass over all arcs, no solver.
function checkPrices(task, solved, seed, H) {
  const { own, targets, demand, leads, barred } = task, { staff, visits } = solved.prices;
  const fits = (price) => Number.isSafeInteger(price) && Math.abs(price) < 2 ** 52;
  const pids = Object.keys(solved.inspectors).sort();
  if (canonical(pids) !== canonical(targets) || visits.length !== targets.length || staff.length !== own.length) throw "assign";
  if (![...staff, ...visits.flat()].every(fits)) throw "assign";
  const place = new Map(own.map((one, k) => [one.iid, k])), taken = targets.map((pid) => {
    const names = solved.inspectors[pid], row = new Set(names.map((iid) => place.get(iid)));
    const stranger = row.has(undefined) || names.some((iid) => barred.has(pid + iid));
    if (names.length !== demand || row.size !== demand || stranger) throw "assign";
    if ([...row].filter((k) => own[k].qualified).length < leads) throw "assign";
    for (const k of row) own[k].load += 1;
    return row;
  });
  own.forEach((one, k) => {
    const above = one.load < one.limit && staff[k] > unitCost(one.load + 1, one.share);
    if (one.load > one.limit || above || (one.load > 0 && staff[k] < unitCost(one.load, one.share))) throw "assign";
  });
  targets.forEach((pid, number) => {
    const row = taken[number], [visit, room] = visits[number], costs = costsOf(seed, pid, own.length, H);
    const plain = [...row].filter((k) => !own[k].qualified).length;
    if ((plain < demand - leads && room < visit) || (plain > 0 && visit < room)) throw "assign";
    own.forEach((one, k) => {
      const worth = (one.qualified ? visit : room) - staff[k];
      if (row.has(k) ? costs[k] > worth : costs[k] < worth && !barred.has(pid + one.iid)) throw "assign";
    });
  });
}

// An accepted avoidance: who takes the place follows from load and cost; all else stays.
function checkEvent(event, task, now, seed, H) {
  const names = now.get(event.pid) || [], stay = names.filter((iid) => iid !== event.leaves);
  if (stay.length !== names.length - 1) throw "assign";
  task.barred.add(event.pid + event.leaves);
  const leads = task.own.filter((one) => one.qualified && stay.includes(one.iid)).length, costs = costsOf(seed, event.pid, task.own.length, H);
  const able = task.own.map((one, k) => ({ one, cost: unitCost(one.load + 1, one.share) + costs[k] })).filter(({ one }) =>
    !names.includes(one.iid) && !task.barred.has(event.pid + one.iid) && (one.qualified || leads >= task.leads) && one.load < one.limit);
  able.sort((a, b) => a.cost - b.cost || (a.one.iid < b.one.iid ? -1 : 1));
  if (!able.length || able[0].one.iid !== event.enters) throw "assign";
  able[0].one.load += 1;
  task.own.find((one) => one.iid === event.leaves).load -= 1;
  now.set(event.pid, [...stay, event.enters]);
}

function checkAssignment(record, terms, visits, lists, seed, H) {
  const staff = linesOf(lists.inspectors, terms.inspectors, H, 32, "staff").map((line) => {
    const [iid, department, qualified, availability] = line.split("\t");
    return { iid, department, qualified: qualified === "1", availability: Number(availability) };
  });
  const hidden = new Set(terms.conflicts ? linesOf(lists.conflicts, terms.conflicts, H, 64, "staff") : []), barred = new Set();
  for (const [pid, iid, salt] of record.conflicts) {
    if (!hidden.has(hex(H(joined(unhex(salt), unhex(pid), unhex(iid)))))) throw "staff";
    barred.add(pid + iid);
  }
  let posts = 0, events = 0;
  const drew = Object.keys(terms.departments).filter((name) => visits[name].size).sort();
  if (canonical(Object.keys(record.assignment).sort()) !== canonical(drew)) throw "assign";
  for (const name of drew) {
    const solved = record.assignment[name], task = taskOf(name, terms.departments[name], [...visits[name]].sort(), staff, new Set(barred));
    checkPrices(task, solved, seed, H);
    const now = new Map(Object.entries(solved.inspectors)), own = new Set(task.own.map((one) => one.iid));
    for (const event of record.events) if (own.has(event.leaves)) { checkEvent(event, task, now, seed, H); events += 1; }
    posts += task.targets.length * task.demand;
  }
  if (events !== record.events.length) throw "assign";
  return { posts, events };
}

function check(record, frame, lists) {
  if (record.v !== "draw/1") throw "form";
  const terms = record.commitment, H = terms.hash === "sm3" ? sm3 : terms.hash === "sha256" ? noble.sha256 : null;
  if (!H) throw "form";
  const lines = linesOf(frame, terms.frame, H, 32, "frame");
  const [commitment, seed] = seedOf(terms, record.spoken, H);
  if (hex(seed) !== record.seed) throw "seed";
  const rows = rowsOf(lines, terms, seed, H), visits = {};
  for (const [name, department] of Object.entries(terms.departments)) {
    visits[name] = new Set();
    for (const [stratum, quota] of Object.entries({ ...terms.strata, ...department.strata })) {
      const units = rows.filter((row) => row.stratum === stratum && (!row.departments || row.departments.includes(name)));
      const [p, q] = quota.rate, size = units.length, most = quota.max === null ? size : quota.max;
      const share = Number((BigInt(size) * BigInt(p) + BigInt(q) - 1n) / BigInt(q));
      const n = Math.min(Math.max(quota.min, share), size, most);
      const order = ranked(units, n, terms.weighted.includes(stratum));
      const spare = Math.min(terms.reserve, size - n), told = record.result[name][stratum], held = record.reserve[name][stratum];
      if (canonical(told) !== canonical(order.slice(0, n)) || canonical(held) !== canonical(order.slice(n, n + spare))) throw "result";
      for (const pid of told) visits[name].add(pid);
    }
  }
  const excluded = Object.values(terms.frame.excluded).reduce((sum, number) => sum + number, 0);
  const found = { commitment: hex(commitment), rows: rows.length, excluded, drawn: new Set(Object.values(visits).flatMap((each) => [...each])).size };
  found.demonstration = terms.sources.some((source) => source.type === "demonstration");
  if (!terms.inspectors) {
    if (Object.keys(record.assignment).length || record.events.length) throw "assign";
    return found;
  }
  if (!lists.inspectors || (terms.conflicts && !lists.conflicts)) return { ...found, unseen: true };
  return { ...found, ...checkAssignment(record, terms, visits, lists, seed, H) };
}

if (typeof self !== "undefined" && typeof document === "undefined") {
  self.onmessage = async (event) => {
    try {
      const words = (data) => new TextDecoder("utf-8", { fatal: true }).decode(data), record = JSON.parse(words(event.data.record));
      const lists = Object.fromEntries(Object.entries(event.data.lists).map(([name, data]) => [name, new Uint8Array(data)]));
      const found = check(record, new Uint8Array(event.data.frame), lists);
      if (event.data.trust) found.attested = await checkAttested(record, words(event.data.trust), found.commitment);
      self.postMessage({ found });
    } catch (why) {
      self.postMessage({ why: typeof why === "string" ? why : "form" });
    }
  };
}
