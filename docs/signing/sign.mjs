// The header fenghuo-signature of one batch: node sign.mjs SEED ENTERPRISE VALUE-FILE HEADER...
// SEED is the private key, 32 bytes in hexadecimal; the nine headers come in the order in which they
// are signed, "" for one that is absent.

import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const [seed, enterprise, file, ...headers] = process.argv.slice(2);
const digest = createHash("sha256").update(readFileSync(file)).digest();

const parts = ["fenghuo-batch-2", enterprise, ...headers.slice(0, 9)].map((part) => Buffer.from(part));
const signed = Buffer.concat(
  [...parts, digest].flatMap((part) => [Buffer.from(`${part.length}:`), part]),
);

// PKCS #8 of an Ed25519 key is this prefix and the 32 bytes (RFC 8410).
const pkcs8 = Buffer.concat([
  Buffer.from("302e020100300506032b657004220420", "hex"),
  Buffer.from(seed, "hex"),
]);
const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
console.log(sign(null, signed, key).toString("hex"));
