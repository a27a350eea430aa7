/**
 * A process that runs an engine and is killed with -9 at a moment of the parent's choice: `checkpoint` (approved, not
 * yet done), `edited` (the same, changed by the person with their answer), `effect` (right after the effect), `never` (it writes files until it is killed from outside), or `mixed`
 * (the same with edits, deletions and commands, in several runs one after the other). Arguments: base folder, moment.
 * The heads that it signs are written to `witness.jsonl` in the base folder.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import type { Files } from '../../src/core/scope/files.ts';
import { headLine } from '../../src/node/audit/witness/seenHead.ts';
import { partsUnder } from './partsUnder.ts';
import { approving } from './cards.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';

const [base = '', moment = ''] = process.argv.slice(2);
const node = await partsUnder(base, { folders: [join(base, 'work')] });
node.audit.onHead((head) => {
  appendFileSync(join(base, 'witness.jsonl'), headLine(head));
});
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};
const { checkpoints } = node.parts;
const files = node.parts.files.bind(node.parts);
if (moment === 'checkpoint' || moment === 'edited')
  node.parts.checkpoints = {
    foresee: (run, paths) => checkpoints.foresee(run, paths),
    foreseeAnything: (place) => checkpoints.foreseeAnything(place),
    prepare: (place) => checkpoints.prepare(place),
    finishBrokenOff: (place) => checkpoints.finishBrokenOff(place),
    begin: () => Promise.resolve(die()),
    recorded: (of) => checkpoints.recorded(of),
    plan: (...args) => checkpoints.plan(...args),
    content: (...args) => checkpoints.content(...args),
    list: (...args) => checkpoints.list(...args),
    text: (...args) => checkpoints.text(...args),
  };
if (moment === 'effect') node.parts.files = (scope) => deadly(files(scope));

/** Files that end the process right after they have written. */
function deadly(real: Files): Files {
  const write = real.write.bind(real);
  const within = real.within.bind(real);
  real.write = async (...args) => {
    await write(...args);
    return die();
  };
  real.within = (effort) => deadly(within(effort));
  return real;
}

/** Each action has a number, and leaves a trace with that number on disk: see killTable.ts. */
function call(turn: number): { name: string; args: Record<string, string> } {
  const kind = moment === 'mixed' ? turn % 4 : 0;
  if (kind === 1) return { name: 'edit_file', args: { path: `e${turn}.txt`, old_text: 'before', new_text: 'after' } };
  if (kind === 2) return { name: 'delete_path', args: { path: `d${turn}.txt` } };
  if (kind === 3) return { name: 'run_command', args: { command: `echo ${turn} > c${turn}.txt` } };
  return { name: 'write_file', args: { path: `f${turn}.txt`, content: `${turn}\n` } };
}

const RUN = 6;
let turn = 0;
const model: Model = {
  provider: 'demo',
  label: 'doomed',
  destination: 'nowhere',
  async *stream(): AsyncIterable<ModelEvent> {
    await Promise.resolve();
    turn += 1;
    if (moment === 'mixed' && turn % RUN === 0) {
      yield { type: 'text', text: 'done' };
      yield { type: 'end', end: { why: 'finished' } };
      return;
    }
    const { name, args } = call(turn);
    yield { type: 'call', call: { id: `c${turn}`, name, arguments: JSON.stringify(args) } };
    yield { type: 'end', end: { why: 'finished' } };
  },
};
const engine = composeEngine(node.parts);
engine.onChange(() => {
  for (const approval of engine.view().approvals)
    queueMicrotask(() => engine.answer(approval.id, approval.digest, answerTo(approval), IN_EDITOR));
});
function answerTo(approval: Approval): Answer {
  return moment === 'edited' ? { choice: 'approve-edited', text: 'by the person\n' } : approving(approval);
}
writeFileSync(join(base, 'ready'), '');
do {
  engine.newRun();
  await engine.send('change files', model);
} while (moment === 'mixed');
