import type { Engine } from '../core/engine/engine.ts';
import type { Model } from '../core/models/port.ts';
import type { RunState, RunView } from '../shared/runView.ts';
import { usageWords } from '../shared/usageWords.ts';
import type { Asker } from '../terminal/asker.ts';
import { ownLine } from '../terminal/quote.ts';
import type { Endings } from './endings.ts';

/** Ends after which a further message makes sense where the run was at work. */
const GOES_ON: ReadonlySet<RunState> = new Set(['finished', 'limit', 'failed']);

interface At {
  engine: Engine;
  asker: Asker;
  endings: Endings;
  output: NodeJS.WriteStream;
  /** Of the terminal; undefined where nothing wraps lines. */
  columns: number | undefined;
}

/** While a person at a terminal has something to add to a run that has ended its work, the run goes on with that. */
export async function moreMessages({ engine, asker, endings, columns }: At, model: Model): Promise<void> {
  if (asker.answersBy !== 'person') return;
  for (;;) {
    const { run } = engine.view();
    if (!run || engine.recordedRun === undefined || endings.cause || !GOES_ON.has(run.state)) return;
    const text = `\n${ownLine(`${run.state}: ${run.reason}`, columns)}\n`;
    const message = await asker.ask(
      { text, prompt: 'Next message (Enter alone ends): ', isMessage: true },
      endings.signal,
    );
    if (message === undefined || message.trim() === '') return;
    await engine.send(message, model, { run: run.id });
  }
}

/** How a run ended, and how it goes on. */
export function endWords(run: RunView, recorded: string | undefined): string[] {
  const where = recorded === undefined ? 'nothing was recorded' : `run ${recorded}`;
  return [
    '',
    `${run.state}: ${run.reason} (${run.questions === 1 ? '1 question' : `${run.questions} questions`}, ${where}${usedWords(run)})`,
    ...(recorded === undefined ? [] : [`To go on with it: oversign run --resume ${recorded} "message"`]),
  ];
}

function usedWords({ usage }: RunView): string {
  return usage === undefined || usage.tokens === 0 ? '' : `, ${usageWords(usage)}`;
}
