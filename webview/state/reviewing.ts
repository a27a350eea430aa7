import type { Review, ReviewedFile } from '../../src/shared/review.ts';

/** What the answer button does, of the files that are open: those that are marked go back, the rest is kept. */
export function settled(
  review: Review,
  marked: ReadonlySet<string>,
): { keep: string[]; back: string[]; words: string } {
  const open = review.files.filter(({ state }) => state === 'open');
  const back = open.filter(({ path }) => marked.has(path)).map(({ path }) => path);
  const keep = open.filter(({ path }) => !marked.has(path)).map(({ path }) => path);
  const words = [
    ...(keep.length > 0 ? [`Keep ${keep.length}`] : []),
    ...(back.length > 0 ? [`put back ${back.length}`] : []),
  ].join(', ');
  return { keep, back, words: words.slice(0, 1).toUpperCase() + words.slice(1) };
}

/** "12 files changed", and how many of them are dealt with. */
export function headline({ files, more }: Review): string {
  const count = files.length + more;
  const of = (state: ReviewedFile['state']): number => files.filter((file) => file.state === state).length;
  const [kept, back] = [of('kept'), of('put back')];
  return [
    count === 1 ? '1 file changed' : `${count} files changed`,
    ...(kept > 0 ? [`${kept} kept`] : []),
    ...(back > 0 ? [`${back} put back`] : []),
  ].join(', ');
}
