import type { Engine } from '../core/engine/engine.ts';
import type { Agreement } from '../core/engine/storedRuns.ts';
import { visibleLine } from '../shared/visible.ts';
import { answeredBy, saidYes } from '../terminal/answers.ts';
import type { Asker } from '../terminal/asker.ts';

interface Resumed {
  engine: Engine;
  asker: Asker;
  /** The folder that is worked in. */
  folder: string;
  /** It was named with --folder: whoever did so has said where the run goes on. */
  isNamed: boolean;
  say: (line: string) => void;
}

/**
 * The word that a run goes on in other folders than its own, where it would: asked at the terminal, or given with
 * --folder. 'no' where it was not given; undefined where there is nothing to agree to, or nothing would help.
 */
export async function agreementFor(
  run: string,
  { engine, asker, folder, isNamed, say }: Resumed,
  signal: AbortSignal,
): Promise<Agreement | 'no' | undefined> {
  const { isPlain, isLost, key, words, roots } = await engine.binding(run, folder);
  if (isPlain || isLost || roots.length === 0) return undefined;
  for (const line of words) say(line);
  if (isNamed) return { key, named: folder, from: { by: 'option', at: 'terminal' } };
  const line = await asker.ask({ text: '', prompt: `Go on in ${visibleLine(roots.join(', '))}? [y/N] ` }, signal);
  if (!saidYes(line)) return 'no';
  return { key, named: folder, from: answeredBy(asker) };
}
