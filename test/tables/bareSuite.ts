/**
 * `npm run bare-suite`: the README's test command on a bare Debian with Node, npm and git and nothing else, as root, and
 * how long it took. What is tried is the last commit. Needs root, debootstrap and the network; takes half an hour.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CLONE, withBareClone } from '../support/bareClone.ts';
import { inRoot } from '../support/bareRoot.ts';

await withBareClone(import.meta.dirname, async (base) => {
  const began = performance.now();
  const line = `${CLONE} && cd oversign && npm install && npm test`;
  const machine = spawn('unshare', inRoot(base, { line }), { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(machine, 'close')) as [number | null];
  console.log(`ended with code ${String(code)} after ${((performance.now() - began) / 60_000).toFixed(1)} min`);
  process.exitCode = code ?? 1;
});
