import { GoesElsewhere } from '../core/agent/handOver.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Agreement } from '../core/engine/storedRuns.ts';
import type { Model } from '../core/models/port.ts';
import type { Way } from '../shared/way.ts';
import { visibleLine } from '../shared/visible.ts';
import { answeredBy, saidYes } from '../terminal/answers.ts';
import type { Asker } from '../terminal/asker.ts';
import { ownLine } from '../terminal/quote.ts';

interface At {
  engine: Engine;
  asker: Pick<Asker, 'ask' | 'answersBy' | 'place'>;
  /** Of the terminal; undefined where nothing wraps lines. */
  columns: number | undefined;
  signal: AbortSignal;
}

/** A run that is to go on: resumed, or taken over from where it is at work. */
interface GoingOn {
  run: string;
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
  { run, isTakenOver, folders, message, way }: GoingOn,
  model: Model,
  { engine, asker, columns, signal }: At,
): Promise<boolean> {
  try {
    await (isTakenOver
      ? engine.takeOver(run, model, { folders, message, way })
      : engine.resume(run, model, { folders, message, way }));
    return true;
  } catch (error) {
    if (!(error instanceof GoesElsewhere)) throw error;
    const text = `\n${ownLine(visibleLine(error.message), columns)}\n`;
    const said = await asker.ask({ text, prompt: 'Go on there? [y/N] ' }, signal);
    if (!saidYes(said)) return false;
    const from = answeredBy(asker);
    await engine.resume(run, model, { model: { ...error.to, from }, folders, message, way });
    return true;
  }
}
