/**
 * What a folder's tests may take, in seconds: the times of its files added up, as an idle machine of two cores needs them
 * with two workers. Those of vitest's first run make 1,310 together, so 11 minutes, and the static checks 1.5; the browser
 * tests run beside. Nothing fails by it: a folder that is over is seen, and by how much.
 */
const BUDGET: Record<string, number> = {
  'test/architecture': 30,
  'test/unit': 60,
  'test/engine': 200,
  'test/node': 300,
  'test/invariants': 420,
  'test/sandbox': 300,
  'test/e2e': 480,
};

/** How long a test file took. */
export interface FileTime {
  /** From the repository's root: `test/unit/x.test.ts`. */
  path: string;
  seconds: number;
}

/** Lines that say what each folder took and what it may take, and which of its files took most. */
export function budgetLines(files: readonly FileTime[]): string[] {
  return Object.entries(BUDGET).flatMap(([folder, budget]) => {
    const own = files.filter(({ path }) => path.startsWith(`${folder}/`)).sort((a, b) => b.seconds - a.seconds);
    if (own.length === 0) return [];
    const took = own.reduce((sum, { seconds }) => sum + seconds, 0);
    const most = own.slice(0, 3).map(({ path, seconds }) => `${path.slice(folder.length + 1)} ${whole(seconds)}`);
    const over = took > budget ? `, OVER BY ${whole(took - budget)}` : '';
    return [`time: ${folder} ${whole(took)} of ${whole(budget)}${over} (most: ${most.join(', ')})`];
  });
}

function whole(seconds: number): string {
  return `${Math.round(seconds)} s`;
}
