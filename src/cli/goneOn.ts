import type { ForkPoint } from '../core/agent/forked.ts';
import { GoesElsewhere, type Agreed } from '../core/agent/handOver.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Agreement } from '../core/engine/storedRuns.ts';
import type { Model } from '../core/models/port.ts';
import type { Way } from '../shared/wayWords.ts';
import { visibleLine } from '../shared/visible.ts';
import { answeredBy, saidYes } from '../terminal/answers.ts';
import type { Asker } from '../terminal/asker.ts';
import { ownLine } from '../terminal/quote.ts';

const BY_OPTION = { by: 'option', at: 'terminal' } as const;

interface At {
  engine: Engine;
  asker: Pick<Asker, 'ask' | 'answersBy' | 'place'>;
  /** Of the terminal; undefined where nothing wraps lines. */
  columns: number | undefined;
  signal: AbortSignal;
}

/** A run that is to go on: resumed, taken over from where it is at work, or as a new one that begins with what was said in it. */
interface GoingOn {
  run: string;
  fork?: Pick<ForkPoint, 'message'> | undefined;
  isTakenOver: boolean;
  /** What was said of its folders, where those are others. */
  folders: Agreement | undefined;
  /** What it is told first, if anything. */
  message: string | undefined;
  /** The way that was chosen for it, if one was. */
  way: Way | undefined;
}

/**
 * Goes on with a run of the log. Where that would send its conversation elsewhere than it was, whoever answers is told
 * where and what first; false where that is not a plain yes.
 */
export async function goneOn(
  { run, isTakenOver, fork, folders, message, way }: GoingOn,
  model: Model,
  { engine, asker, columns, signal }: At,
): Promise<boolean> {
  const begin = (agreed?: Agreed): Promise<void> =>
    fork === undefined
      ? engine.resume(run, model, { model: agreed, folders, message, way })
      : engine.fork({ run, ...fork, from: BY_OPTION }, model, { model: agreed, folders, way }, { text: message ?? '' });
  try {
    await (isTakenOver ? engine.takeOver(run, model, { folders, message, way }) : begin());
    return true;
  } catch (error) {
    if (!(error instanceof GoesElsewhere)) throw error;
    const text = `\n${ownLine(visibleLine(error.message), columns)}\n`;
    const said = await asker.ask({ text, prompt: 'Go on there? [y/N] ' }, signal);
    if (!saidYes(said)) return false;
    const from = answeredBy(asker);
    await begin({ ...error.to, from });
    return true;
  }
}
