import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { nodeParts } from '../node/engineParts.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { reviewWords, type Review, type ReviewedFile } from '../shared/review.ts';
import { columnsOf, openAsker, whoAnswers } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { answerInTerminal } from './answerInTerminal.ts';
import { Endings } from './endings.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { terminalHere } from './here.ts';
import { writeObject } from './jsonObject.ts';
import { Reviewing } from './reviewing.ts';
import { runNamed } from './runNamed.ts';

export interface ReviewOptions {
  workspace: string | undefined;
  /** Files that are kept, and those that are put back, as they were typed. */
  keep: readonly string[];
  revert: readonly string[];
  json: boolean;
  version: string;
}

/** `oversign review [RUN]`: what a run changed, file by file, to be kept or put back. Ends as failed where something was not. */
export async function review(wanted: string | undefined, options: ReviewOptions): Promise<number> {
  const found = await runOf(wanted, resolve(options.workspace ?? '.'));
  if (found === undefined) return refuse('run', 'there is no run in this folder that changed anything');
  const workspace = resolve(options.workspace ?? found.folder);
  using endings = new Endings();
  const here = terminalHere();
  const node = await nodeParts({
    folders: [workspace],
    environment: process.env,
    version: options.version,
    editor: NO_EDITOR,
    answerer: whoAnswers(process.stdout, false),
    ...(here && { here }),
  });
  await using _log = node.evidence;
  const engine = composeEngine(node.parts);
  await engine.interrupted();
  for (const words of await engine.finishBrokenOff()) process.stderr.write(`oversign: ${visibleLine(words)}\n`);
  const asker = openAsker(process.stdout, {
    answersFromInput: false,
    unanswered: 'say --keep FILE and --revert FILE, or review at a terminal.',
    onGone: () => {
      endings.terminalGone();
    },
    onInterrupt: (place) => {
      const by = { by: 'person', at: 'terminal', ...(place !== undefined && { place }) } as const;
      endings.end({ from: by, words: 'You pressed Ctrl+C.' });
    },
  });
  endings.onEnding((cause) => void engine.stop(cause.words, cause.from));
  answerInTerminal({ engine, node, asker, output: process.stdout });
  try {
    const reviewing = new Reviewing({ engine, run: found.run, asker, signal: endings.signal, say });
    const shown = await engine.reviews.of(found.run);
    const { keep, revert, json } = options;
    if (keep.length + revert.length > 0) {
      const at = (typed: string): string => resolve(workspace, typed);
      return (await reviewing.settle(keep.map(at), revert.map(at))) ? exitCode('done') : exitCode('failed');
    }
    if (json) writeObject('review', shown);
    else for (const line of linesOf(shown)) say(line);
    if (json || asker.answersBy !== 'person' || shown.files.every(({ state }) => state !== 'open'))
      return exitCode('done');
    return (await reviewing.oneByOne(shown)) ? exitCode('done') : exitCode('failed');
  } finally {
    asker.close();
    process.stdin.destroy();
    await node.sandbox.close();
  }
}

function say(line: string): void {
  process.stdout.write(`${ownLine(line, columnsOf(process.stdout))}\n`);
}

function linesOf({ run, files, more, unknown }: Review): string[] {
  const count = files.length + more;
  return [
    `Run ${run} changed ${count === 1 ? '1 file' : `${count} files`}.`,
    ...files.map((file) => `  ${fileLine(file)}`),
    ...(more > 0 ? [`  And ${more} more.`] : []),
    ...unknown.map((what) => `  Not known: ${visibleLine(what)}`),
  ];
}

/** Names may be anybody's: what is hidden in one is written out. */
export function fileLine(file: ReviewedFile): string {
  return `${exact(file.name)} (${reviewWords(file).map(visibleLine).join(', ')})`;
}

/** The run that is meant, and where it worked: without one, the last of this folder that changed anything. */
async function runOf(wanted: string | undefined, folder: string): Promise<{ run: string; folder: string } | undefined> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  if (wanted !== undefined && wanted !== 'last') return await runNamed(wanted, audit, folder);
  const recent = (await audit.runs(50)).filter((one) => one.folder === folder);
  for (const one of recent) {
    const events = await audit.events(one.run);
    const isOfAgent = events.some(({ type, data }) => type === 'run_started' && data['provider'] !== 'none');
    if (isOfAgent && events.some(({ type }) => type === 'changed')) return one;
  }
  return undefined;
}
