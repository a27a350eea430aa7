/**
 * `npm run redaction-table`: what of made-up secrets, each in several surroundings, is masked in what tools print; how many
 * masks ordinary code gets (the packages of this repository, in which no secret is), and how long that takes. Prints what
 * was missed and what was masked for nothing: the rules are never claimed to be complete.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { likelySecrets } from '../../src/core/redaction/secretRules.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { CONTEXTS, PLANTED, tellingEnd } from '../support/plantedSecrets.ts';

let hits = 0;
const missed: string[] = [];
for (const { kind, secret } of PLANTED)
  for (const { name, around } of CONTEXTS) {
    const redactor = new Redactor();
    await redactor.loadRules();
    const shown = redactor.text(around(secret));
    if (shown.includes(tellingEnd(secret))) missed.push(`${kind} in ${name}`);
    else hits += 1;
  }
console.log(`planted: ${hits} of ${PLANTED.length * CONTEXTS.length} masked`);
for (const one of missed) console.log(`  missed: ${one}`);

const MOST_BYTES = 60_000_000;
let [files, bytes] = [0, 0];
const alarms = new Map<string, string[]>();
const began = performance.now();
for (const entry of readdirSync('node_modules', { recursive: true, encoding: 'utf8' }).sort()) {
  if (bytes > MOST_BYTES) break;
  if (!/\.(js|mjs|ts|json|md)$/.test(entry)) continue;
  const path = join('node_modules', entry);
  if (!statSync(path).isFile()) continue;
  const text = readFileSync(path, 'utf8');
  files += 1;
  bytes += text.length;
  // As tools print: in pieces.
  for (let at = 0; at < text.length; at += 100_000) {
    const piece = text.slice(at, at + 100_000);
    for (const { rule, start, end } of likelySecrets(piece))
      alarms.set(rule, [...(alarms.get(rule) ?? []), `${entry}: ${piece.slice(start, end).slice(0, 60)}`]);
  }
}
const seconds = (performance.now() - began) / 1000;
const all = [...alarms.values()].reduce((sum, one) => sum + one.length, 0);
console.log(
  `ordinary code: ${all} masks in ${files} files, ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s`,
);
for (const [rule, ones] of alarms) console.log(`  ${ones.length} by ${rule}, such as ${JSON.stringify(ones[0])}`);
