/**
 * `revertChild.ts BASE WHAT STEP`: reverts what WHAT says (revertKilled.ts) in BASE/work, and kills itself with -9 before
 * its STEP-th step with files, or comes to its end alive and prints how many there were. What is left of it is whatever a
 * process leaves that is gone at that moment.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const [base = '', what = '{}', step = '0'] = process.argv.slice(2);
const { composeEngine } = await import('../../src/compose.ts');
const { IN_EDITOR } = await import('../../src/shared/answered.ts');
const { unseenLines } = await import('../../src/shared/unseen.ts');
const { partsUnder } = await import('./partsUnder.ts');

const node = await partsUnder(base, { folders: [join(base, 'work')] });
const engine = composeEngine(node.parts);
engine.onChange(() => {
  for (const { id, digest, card } of engine.view().approvals) {
    const unseen = unseenLines(card.blocks);
    queueMicrotask(() => engine.answer(id, digest, { choice: 'approve', ...(unseen > 0 && { unseen }) }, IN_EDITOR));
  }
});

let taken = 0;
function counted(holder: object, names: readonly string[]): void {
  const methods = holder as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  for (const name of names) {
    const real = methods[name];
    if (!real) throw new Error(`there is no ${name}`);
    methods[name] = function (this: unknown, ...args: unknown[]): unknown {
      taken += 1;
      if (taken === Number(step)) process.kill(process.pid, 'SIGKILL');
      return real.apply(this, args);
    };
  }
}
const handle = await fs.promises.open(process.execPath, 'r');
counted(Object.getPrototypeOf(handle) as object, ['writeFile', 'write', 'truncate', 'sync', 'chmod']);
await handle.close();
taken = 0;
counted(fs, ['renameSync', 'linkSync', 'unlinkSync', 'rmdirSync', 'mkdirSync', 'writeFileSync', 'chmodSync']);
counted(fs.promises, ['open', 'rename', 'link', 'unlink', 'rmdir', 'mkdir', 'writeFile', 'chmod', 'symlink', 'rm']);
syncBuiltinESMExports();

const { run, action, only } = JSON.parse(what) as { run: string; action?: string; only?: string[] };
const { status, text } = await (action === undefined
  ? engine.revertRun(run, only ? { only } : {})
  : engine.revert({ run, action }));
process.stdout.write(JSON.stringify({ status, text, taken }));
process.kill(process.pid, 'SIGKILL');
