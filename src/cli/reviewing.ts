import type { Engine } from '../core/engine/engine.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { pathsOf, reviewWords, type Review, type ReviewedFile, type ReviewPart } from '../shared/review.ts';
import type { Asker } from '../terminal/asker.ts';
import { hereOrProgram } from './here.ts';

interface At {
  engine: Engine;
  run: string;
  asker: Pick<Asker, 'ask'>;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** So many lines of a part are shown. */
const MOST_LINES = 40;

/** A person at a terminal, or the options that they gave, says what of a run's changes is kept. */
export class Reviewing {
  readonly #at: At;

  constructor(at: At) {
    this.#at = at;
  }

  /** Whether all of it was done. */
  async settle(keep: readonly string[], back: readonly string[]): Promise<boolean> {
    const { engine, run, say } = this.#at;
    const { files } = await engine.reviews.of(run);
    const strange = [...keep, ...back].find((path) => !files.some((one) => one.path === path));
    if (strange !== undefined) {
      say(`The run did not change ${exact(strange)}. Nothing was done.`);
      return false;
    }
    if (keep.length > 0) {
      await engine.reviews.keep(run, keep, hereOrProgram());
      say(`Kept ${keep.length === 1 ? '1 file' : `${keep.length} files`}.`);
    }
    const done = back.length === 0 || (await this.#putBack(files.filter(({ path }) => back.includes(path))));
    return done;
  }

  /** Each file that is open, one after the other; false where something was not put back. */
  async oneByOne({ files }: Review): Promise<boolean> {
    const { asker, signal, say } = this.#at;
    let ok = true;
    for (const file of files.filter(({ state }) => state === 'open')) {
      for (;;) {
        const text = `\n${exact(file.name)} (${reviewWords(file).map(visibleLine).join(', ')})\n`;
        const since = file.since ? 'keep mine [k], take the old one [b], show [d]' : 'keep [k], put back [b], show [d]';
        const said = await asker.ask({ text, prompt: `${since}, parts [p], end [Enter]: ` }, signal);
        const word = said?.trim().toLowerCase() ?? '';
        if (word === 'd' || word === 'p') {
          ok = (await this.#parts(file, word === 'p').catch((error: unknown) => this.#told(error))) && ok;
          continue;
        }
        if (word === 'k') await this.settle([file.path], []);
        else if (word === 'b') ok = (await this.#putBack([file])) && ok;
        else {
          say('The rest stays as it is: oversign review goes on with it.');
          return ok;
        }
        break;
      }
    }
    return ok;
  }

  #told(error: unknown): boolean {
    this.#at.say(visibleLine(error instanceof Error ? error.message : String(error)));
    return true;
  }

  /** Shows what differs place by place; with `choosing` one of them can be put back. */
  async #parts(file: ReviewedFile, choosing: boolean): Promise<boolean> {
    const { engine, run, asker, signal, say } = this.#at;
    const { digest, parts } = await engine.reviews.partsOf(run, file.path);
    for (const [index, part] of parts.entries()) for (const line of partLines(part, index + 1)) say(line);
    if (!choosing) return true;
    const said = await asker.ask(
      { text: '', prompt: `Put back which part (1 to ${parts.length}, Enter: none)? ` },
      signal,
    );
    const part = parts[Number(said?.trim() ?? '') - 1];
    if (!part) return true;
    const of = { path: file.path, digest, parts: [{ ...part, removed: [...part.removed], added: [...part.added] }] };
    const { status, text } = await engine.revertParts(of, 'review');
    say(visibleLine(text));
    return status === 'done';
  }

  async #putBack(files: readonly ReviewedFile[]): Promise<boolean> {
    const { engine, run, say } = this.#at;
    const { status, text } = await engine.revertRun(run, { only: pathsOf(files) }, 'review');
    say(visibleLine(text));
    return status === 'done';
  }
}

function partLines({ line, removed, added }: ReviewPart, number: number): string[] {
  const all = [
    ...removed.map((one) => `  - ${exact(one.trimEnd())}`),
    ...added.map((one) => `  + ${exact(one.trimEnd())}`),
  ];
  const left = all.length - MOST_LINES;
  return [`${number}: line ${line}`, ...all.slice(0, MOST_LINES), ...(left > 0 ? [`  And ${left} more lines.`] : [])];
}
