import { debuglog, inspect } from 'node:util';
import { kindOfError } from '../core/outcome.ts';
import { exact, visibleLine } from '../shared/visible.ts';

/**
 * Where every error of the command line ends that nobody else has dealt with: a sentence on standard error. A bug says
 * that it is one; its stack comes with `NODE_DEBUG=oversign` in the environment.
 */
export function tellError(error: unknown): void {
  const words = visibleLine(error instanceof Error ? error.message : String(error));
  if (kindOfError(error) !== 'bug') {
    process.stderr.write(`oversign: ${words}\n`);
    return;
  }
  const hint = 'This is a fault of Oversign: please report it, with what NODE_DEBUG=oversign adds.';
  process.stderr.write(`oversign: ${words}\noversign: ${hint}\n`);
  if (debuglog('oversign').enabled) process.stderr.write(`${exact(inspect(error))}\n`);
}

/** Nobody waits for what failed here, or nobody caught it: it ends as everything else does, and so does the program. */
export function endByFault(error: unknown): never {
  tellError(error);
  process.exit(1);
}
