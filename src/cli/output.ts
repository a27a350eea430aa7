import { outputWords } from './endings.ts';

/** These have something running when output fails: they end it, and look after what it left. */
const ENDS_BY_ITSELF: ReadonlySet<string | undefined> = new Set(['run', 'sandbox']);

let failed = false;

/**
 * What could not be written is said where something can still be read, and is a failure by its exit code. `oversign
 * history | head`: a reader that has enough is none.
 */
export function watchOutput(command: string | undefined): void {
  process.stderr.on('error', () => undefined); // nobody is left to be told
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (failed) return;
    failed = true;
    const isWorking = ENDS_BY_ITSELF.has(command);
    const hasEnough = error.code === 'EPIPE' && !isWorking;
    if (!hasEnough) process.stderr.write(`oversign: ${outputWords('stdout', error)}\n`);
    if (!isWorking) process.exit(hasEnough ? 0 : 1);
    process.exitCode ||= 1; // what came to its end before this shows
  });
}

/** The exit code of the whole; nothing is done as long as its result could not be written. */
export function endWith(code: number): void {
  process.exitCode = failed && code === 0 ? 1 : code;
}
