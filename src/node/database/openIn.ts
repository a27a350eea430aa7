import { readdir, readFile, readlink } from 'node:fs/promises';

/** So many descriptors are looked at: more has no machine that somebody works on. */
const MOST = 200_000;

/**
 * Programs of this account that have one of these files open, as "node (process 4711)", by what Linux tells of them;
 * elsewhere, and of other accounts' programs, nobody can say so and the list is empty.
 */
export async function openIn(paths: readonly string[]): Promise<string[]> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: string[] = [];
  let looked = 0;
  for (const id of processes) {
    if (Number(id) === process.pid) continue;
    const descriptors = await readdir(`/proc/${id}/fd`).catch(() => []);
    for (const one of descriptors) {
      looked += 1;
      if (looked > MOST) return found;
      const target = await readlink(`/proc/${id}/fd/${one}`).catch(() => '');
      if (!paths.includes(target)) continue;
      const name = (await readFile(`/proc/${id}/comm`, 'utf8').catch(() => '')).trim();
      found.push(`${name === '' ? 'a program' : name} (process ${id})`);
      break;
    }
  }
  return found;
}
