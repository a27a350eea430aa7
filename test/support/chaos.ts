/** A model's server with every fault that servers have, and a model behind it that makes every mistake: seeded. */
import type { Misbehaviour, ScriptedCall, ScriptedReply, SeenRequest, ServerScript } from './modelServer.ts';
import type { Random } from './logWorldRandom.ts';

/** Faults that pass, those that do not, and those of a server that never comes to an end by itself. */
const PASSING: Misbehaviour[] = ['server-error', 'cut-off', 'ends-early', 'error-in-stream', 'too-many', 'overloaded'];
const LASTING: Misbehaviour[] = ['unauthorized', 'not-found', 'redirect', 'garbage', 'html', 'endless-text'];
const HANGING: Misbehaviour[] = ['stall', 'silent'];

/** How a reply can be wrong although it comes whole. */
const ENDS = ['length', 'content_filter', 'refusal', 'constructor', '__proto__', 'tool_calls'];

export interface ChaosOptions {
  /** How many of a hundred requests meet a fault. */
  faults: number;
  /** Characters of a conversation beyond which the server says that it is too long. */
  takes: number;
  /** Told before a fault that only ends when somebody stops the run. */
  onHanging(): void;
}

/** What the server answers to each request, whatever came before. */
export function chaosScript(random: Random, options: ChaosOptions): ServerScript {
  const { faults, takes } = options;
  let number = 0;
  return (request) => {
    number += 1;
    if (lengthOf(request) > takes) return { misbehave: 'overflow' };
    if (random.int(1, 100) <= faults) {
      const misbehave = random.pick(random.pick([PASSING, PASSING, PASSING, LASTING, HANGING]));
      if (HANGING.includes(misbehave)) options.onHanging();
      return { misbehave };
    }
    return reply(random, number);
  };
}

function lengthOf({ messages }: SeenRequest): number {
  return messages.reduce((sum, { text }) => sum + text.length, 0);
}

function reply(random: Random, number: number): ScriptedReply {
  const usage = random.pick([
    { input: 1000, output: 10 },
    { input: 0, output: 0 },
    { input: -5, output: 1.5 },
    { input: 9_000_000, output: 9 },
  ]);
  switch (random.int(1, 12)) {
    case 1:
      return { text: '' };
    case 2:
      return { text: 'That is all.', usage };
    case 3:
      return { text: 'So far ', calls: [call(random, number, 0)], end: random.pick(ENDS), usage };
    default: {
      const calls = Array.from({ length: random.pick([1, 1, 1, 2, 5]) }, (_, at) => call(random, number, at));
      return { text: random.pick(['', 'Next.', '🎉 \u202e \u0007']), calls, usage };
    }
  }
}

/** One call: a good one, one that is denied, one that makes no sense. Files that are written have names of their own. */
function call(random: Random, number: number, at: number): ScriptedCall {
  const path = `made/${number}-${at}.txt`;
  switch (random.int(1, 14)) {
    case 1:
    case 2:
    case 3:
      return { name: 'write_file', args: { path, content: `${path}\n${'x'.repeat(random.int(0, 3000))}` } };
    case 4:
      return { name: 'write_file', args: { path: `denied/${number}-${at}.txt`, content: path } };
    case 5:
      return {
        name: 'write_file',
        args: { path: random.pick(['../out.txt', '/etc/out.txt', '.git/hooks/post-commit']), content: path },
      };
    case 6:
      return { name: 'delete_path', args: { path: random.pick(['keep.txt', 'denied', 'gone.txt']) } };
    case 7:
      return {
        name: 'edit_file',
        args: { path: 'large.txt', old_text: `line ${random.int(0, 400)} `, new_text: 'other ' },
      };
    case 8:
      return { name: 'no_such_tool', args: { a: 1 } };
    case 9:
      return {
        name: 'write_file',
        raw: random.pick(['{"path": "made/half', '[]', 'null', '{"path": "made/a"}{"path": "made/b"}']),
      };
    case 10:
      return { name: 'x'.repeat(300), args: {} };
    case 11:
      return { name: 'search_files', args: { pattern: 'line 1', path: '.' } };
    default:
      return { name: 'read_file', args: { path: random.pick(['large.txt', 'README.md', 'denied/secret.txt']) } };
  }
}
