import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { RunPart } from '../core/engine/reverts.ts';
import { nodeParts } from '../node/engineParts.ts';
import { visibleLine } from '../shared/visible.ts';
import { blockParts } from '../terminal/blockLines.ts';
import { columnsOf, openAsker, whoAnswers } from '../terminal/openAsker.ts';
import { ownLine, quoted } from '../terminal/quote.ts';
import { answerInTerminal } from './answerInTerminal.ts';
import { Endings } from './endings.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { terminalHere } from './here.ts';
import { writeObject } from './jsonObject.ts';
import { runNamed } from './runNamed.ts';
import type { RunSummary } from '../shared/auditEvent.ts';

export interface UndoOptions {
  workspace: string | undefined;
  /** This action alone. */
  action: string | undefined;
  /** This action, and all that the run did after it. */
  from: string | undefined;
  file: string | undefined;
  dryRun: boolean;
  json: boolean;
  version: string;
}

/** `oversign undo RUN`: puts back what a run changed, as an action that is asked about and recorded. */
export async function undo(named: string, options: UndoOptions): Promise<number> {
  const { run, folder } = await foundRun(named, options.workspace);
  // With --json, standard output is for the result alone.
  const output = options.json ? process.stderr : process.stdout;
  const workspace = resolve(options.workspace ?? folder);
  using endings = new Endings();
  const here = terminalHere();
  const node = await nodeParts({
    folders: [workspace],
    environment: process.env,
    version: options.version,
    editor: NO_EDITOR,
    answerer: whoAnswers(output, false),
    ...(here && { here }),
  });
  await using _log = node.evidence;
  const engine = composeEngine(node.parts);
  await engine.interrupted();
  for (const words of await engine.finishBrokenOff()) process.stderr.write(`oversign: ${visibleLine(words)}\n`);
  const { action, from, file } = options;
  const part: RunPart = {
    from: action ?? from,
    alone: action !== undefined,
    ...(file !== undefined && { only: [resolve(workspace, file)] }),
  };
  if (options.dryRun) return await shown(engine, run, part, options.json);
  const asker = openAsker(output, {
    answersFromInput: false,
    unanswered: 'what would be put back is said by --dry-run; it is done where somebody can answer.',
    onGone: () => {
      endings.terminalGone();
    },
    onInterrupt: (place) => {
      const by = { by: 'person', at: 'terminal', ...(place !== undefined && { place }) } as const;
      endings.end({ from: by, words: 'You pressed Ctrl+C.' });
    },
  });
  endings.onEnding((cause) => void engine.stop(cause.words, cause.from));
  answerInTerminal({ engine, node, asker, output });
  try {
    const { status, text } = await engine.revertRun(run, part);
    const code = exitCode(status === 'done' ? 'done' : 'failed');
    if (options.json) writeObject('undo', { run, status, code, text });
    else process.stdout.write(`${ownLine(visibleLine(text), columnsOf(process.stdout))}\n`);
    return code;
  } finally {
    asker.close();
    process.stdin.destroy();
    await node.sandbox.close();
  }
}

/** The run that is meant, and where it worked. */
async function foundRun(named: string, workspace: string | undefined): Promise<RunSummary> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  return await runNamed(named, audit, workspace);
}

async function shown(engine: Engine, run: string, part: RunPart, json: boolean): Promise<number> {
  const preview = await engine.previewRevert(run, part);
  if (preview.kind === 'not possible') return refuse('failed', preview.why);
  if (json) {
    const { title, undo: words, blocks } = preview;
    writeObject('undo', { run, status: 'shown', code: exitCode('done'), title, undo: words, blocks });
    return exitCode('done');
  }
  const columns = columnsOf(process.stdout);
  const lines = [ownLine(visibleLine(preview.title), columns), ownLine(visibleLine(preview.undo), columns)];
  for (const piece of preview.blocks.flatMap(blockParts))
    lines.push(...(typeof piece === 'string' ? [ownLine(piece, columns)] : quoted(piece.quote, columns, MARKS)));
  process.stdout.write(`${lines.join('\n')}\nNothing was done (--dry-run).\n`);
  return exitCode('done');
}

const MARKS = { line: '  │ ', rest: '  ┊ ' };
