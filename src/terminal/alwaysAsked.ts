import type { PolicyChange, Reach } from '../shared/policyChange.ts';
import { visibleLine } from '../shared/visible.ts';
import type { Asker } from './asker.ts';
import { saidYes } from './answers.ts';
import { ownLine, quoted, WITHIN } from './quote.ts';

/** How a rule for a call that waits comes to be; each says in words why it does not. */
export interface Always {
  propose(reach: Reach): Promise<PolicyChange | { problem: string }>;
  write(change: PolicyChange): Promise<{ problem: string } | undefined>;
}

interface At {
  asker: Pick<Asker, 'ask'>;
  write: (text: string) => void;
  columns?: number | undefined;
  always: Always;
}

/**
 * Shows the rule and its file, and writes it where a person says yes to exactly that. False where it is not written:
 * then the call still waits for its answer.
 */
export async function writeAlways(at: At, signal?: AbortSignal, reach: Reach = 'this folder'): Promise<boolean> {
  const { asker, write, columns, always } = at;
  const refused = (problem: string): false => {
    write(`${ownLine(`No rule was written: ${visibleLine(problem)}.`, columns)}\n`);
    return false;
  };
  const change = await always.propose(reach);
  if ('problem' in change) return refused(change.problem);
  const holdsIn = change.holdsIn ?? reach;
  const isHere = holdsIn === 'this folder';
  const line = await asker.ask(
    {
      text: changeText(change, holdsIn, columns),
      prompt: `Write it and approve? [y/N]${isHere ? ` (${EVERYWHERE})` : ''} `,
    },
    signal,
  );
  if (signal?.aborted === true) return false;
  if (isHere && line?.trim().toLowerCase() === 'w') return writeAlways(at, signal, 'every workspace');
  if (!saidYes(line)) return false;
  const failed = await always.write(change);
  if (failed) return refused(failed.problem);
  write(`${ownLine(`The rule is written into ${visibleLine(change.file)}.`, columns)}\n`);
  return true;
}

const EVERYWHERE = 'w: shown for every workspace';

/** What the file loses and gets, line by line, each behind its mark. */
export function changeText({ file, before, after }: PolicyChange, reach: Reach, columns: number | undefined): string {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(old.length, fresh.length) && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, fresh.length) - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const marked = (mark: string, lines: readonly string[]): string[] =>
    lines.slice(head, lines.length - tail).flatMap((one) => quoted(`${mark}${one}`, columns, WITHIN));
  return [
    '',
    ownLine(`── Change ${visibleLine(file)}, from line ${head + 1} on:`, columns),
    ...marked('-', old),
    ...marked('+', fresh),
    ownLine(`It holds in ${reach}. What it matches is allowed without a question, from the next run on.`, columns),
    '',
  ].join('\n');
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
