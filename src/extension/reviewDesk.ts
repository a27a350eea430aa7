import type { Engine } from '../core/engine/engine.ts';
import { Failure } from '../core/outcome.ts';
import { pathsOf, type Review, type ReviewPart } from '../shared/review.ts';
import { visibleLine } from '../shared/visible.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import { THIS_WINDOW } from './thisWindow.ts';

/** A person's choice among the places of a file, which is named as people say it. */
export type PickParts = (name: string, parts: readonly ReviewPart[]) => Promise<readonly ReviewPart[]>;

/**
 * The review of the present run in this window: what is listed, shown, kept and put back. What puts back resolves to
 * what was done, in words, and throws `Failure` where that is not all.
 */
export class ReviewDesk {
  readonly #engine: Engine;
  /** Told when the panel would show something else. */
  onChange: () => void = () => undefined;
  #shown: Review | undefined;
  /** What the last look was about, so that none is made for nothing. */
  #key = '';
  #looks = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What the panel shows: of a run that is at rest and changed something. */
  get shown(): Review | undefined {
    const { run } = this.#engine.view();
    return run !== undefined && this.#shown?.run === run.id && isOver(run.state) ? this.#shown : undefined;
  }

  /** The run may have ended, or be another one. */
  async follow(): Promise<void> {
    const { run } = this.#engine.view();
    const recorded = this.#engine.recordedRun;
    const key =
      run && recorded === run.id && isOver(run.state) ? `${run.id} ${run.entriesBefore + run.entries.length}` : '';
    if (key === this.#key) return;
    this.#key = key;
    if (key !== '') await this.look();
  }

  async look(): Promise<void> {
    const { recordedRun } = this.#engine;
    if (recordedRun === undefined) return;
    const mine = (this.#looks += 1);
    const review = await this.#engine.reviews.of(recordedRun);
    if (mine !== this.#looks) return; // a slower, older look
    this.#shown = review.files.length === 0 && review.unknown.length === 0 ? undefined : review;
    this.onChange();
  }

  /** Keeps some files and puts others back; both are of the review that was shown. */
  async settle(run: string, keep: readonly string[], back: readonly string[]): Promise<string | undefined> {
    const engine = this.#engine;
    const review = this.#of(run, [...keep, ...back]);
    try {
      if (keep.length > 0) await engine.reviews.keep(run, keep, THIS_WINDOW);
      if (back.length === 0) return undefined;
      const only = pathsOf(review.files.filter(({ path }) => back.includes(path)));
      return done(await engine.revertRun(run, { only }, 'review'));
    } finally {
      await this.look();
    }
  }

  async putBackAction(run: string, action: string): Promise<string> {
    this.#of(run, []);
    try {
      return done(await this.#engine.revertRun(run, { from: action, alone: true }, 'review'));
    } finally {
      await this.look();
    }
  }

  /** The editor's diff views: of one file, or of all. A file that was changed since is shown as it stands now, too. */
  async showDiffs(run: string, path: string | undefined, documents: TextDocuments): Promise<void> {
    const { files } = this.#of(run, path === undefined ? [] : [path]);
    const meant = files.filter((one) => path === undefined || one.path === path);
    const sides: { path: string; before: string; after: string }[] = [];
    for (const file of meant) {
      const { before, after, now } = await this.#engine.reviews.texts(run, file.path);
      const right = file.since ? now : after;
      if (before !== undefined && right !== undefined) sides.push({ path: file.path, before, after: right });
    }
    if (sides.length === 0) throw new Failure('No text of it is kept: there is nothing to compare.');
    const title =
      meant.length === 1 && meant[0]?.since === true ? '(before the run ↔ now)' : '(before ↔ after the run)';
    await documents.showTexts(`review-${run}`, title, sides);
  }

  /** A person picks places of a file; those are put back. */
  async putBackParts(run: string, path: string, pick: PickParts): Promise<string | undefined> {
    const { name } = this.#of(run, [path]).files.find((one) => one.path === path) ?? { name: path };
    const engine = this.#engine;
    const { digest, parts } = await engine.reviews.partsOf(run, path);
    const picked = await pick(visibleLine(name), parts);
    if (picked.length === 0) return undefined;
    const own = picked.map(({ line, removed, added }) => ({ line, removed: [...removed], added: [...added] }));
    try {
      return done(await engine.revertParts({ path, digest, parts: own }, 'review'));
    } finally {
      await this.look();
    }
  }

  /** Nothing is done for a list that is not the one that is shown. */
  #of(run: string, paths: readonly string[]): Review {
    const review = this.#shown;
    const isKnown = review?.run === run && paths.every((path) => review.files.some((file) => file.path === path));
    if (!review || !isKnown) throw new Failure('The review has changed. Look at it again.');
    return review;
  }
}

function isOver(state: string): boolean {
  return !['running', 'waiting', 'stopping'].includes(state);
}

function done({ status, text }: { status: string; text: string }): string {
  if (status !== 'done') throw new Failure(text);
  return text;
}
