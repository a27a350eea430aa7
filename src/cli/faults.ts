import { debuglog, inspect } from 'node:util';
import { kindOfError } from '../core/outcome.ts';
import { exact, visibleLine } from '../shared/visible.ts';

/** What has work to end in an orderly way before the program may. */
const ends = new Set<() => void>();

/**
 * Where every error of the command line ends that nobody else has dealt with: a sentence on standard error. A bug says
 * that it is one; its stack comes with `NODE_DEBUG=oversign` in the environment.
 */
export function tellError(error: unknown): void {
  const words = errorWords(error);
  if (kindOfError(error) !== 'bug') {
    process.stderr.write(`oversign: ${words}\n`);
    return;
  }
  const hint = 'This is a fault of Oversign: please report it, with what NODE_DEBUG=oversign adds.';
  process.stderr.write(`oversign: ${words}\noversign: ${hint}\n`);
  if (debuglog('oversign').enabled) process.stderr.write(`${exact(inspect(error))}\n`);
}

export function errorWords(error: unknown): string {
  return visibleLine(error instanceof Error ? error.message : String(error));
}

/** Nobody waits for what failed here, or nobody caught it: it ends as everything else does, and so does the program. */
export function endByFault(error: unknown): void {
  tellError(error);
  process.exitCode = 1;
  if (ends.size === 0) process.exit(1);
  for (const end of ends) end();
}

/** Whoever has work to end is told of a fault instead of being cut off by it. What it returns takes that back. */
export function onFault(end: () => void): () => void {
  ends.add(end);
  return () => ends.delete(end);
}
