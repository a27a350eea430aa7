import { statSync } from 'node:fs';
import type { FilesWith } from '../../core/tools/textSearch.ts';
import { textOfName } from '../files/rawPath.ts';
import { startProcess } from '../process/spawn.ts';
import { ripgrepPatterns } from './ripgrepPattern.ts';

/** Where the system and its package managers put it: what stands on PATH may be a workspace's own. */
const PLACES = ['/usr/bin/rg', '/usr/local/bin/rg', '/opt/homebrew/bin/rg'];
const MOST_MS = 20_000;

const OPTIONS = [
  ...['--no-config', '--no-ignore', '--hidden', '--no-messages', '--color=never'],
  ...['--files-with-matches', '--null', '--text', '--no-unicode'],
];

/**
 * Asks ripgrep, where it is installed, which files may hold a pattern. It reads by name, and what the rules of a policy
 * keep from the agent too; so nothing of what it says is shown: whoever asks opens each file by itself, under the rules.
 */
export const filesWith: FilesWith = (pattern, { folders, without }, signal) => {
  const patterns = ripgrepPatterns(pattern);
  const file = PLACES.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (!patterns || file === undefined || !folders.every((folder) => folder.isWellFormed())) return undefined;
  const args = [
    ...OPTIONS,
    ...(pattern.ignoresCase ? ['--ignore-case'] : ['--case-sensitive']),
    ...without.map((name) => `--glob=!${name}/`),
    ...patterns.map((one) => `--regexp=${one}`),
    ...['--', ...folders],
  ];
  return listed(file, args, signal);
};

/** Undefined where it did not end well: then any file may hold it. */
async function listed(file: string, args: string[], signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  const found = new Set<string>();
  let rest: Buffer = Buffer.alloc(0);
  const child = await startProcess({
    ...{ file, args, cwd: '/', environment: {}, outputCap: 0, dropsErrors: true },
    onOutput: (_, chunk) => {
      rest = Buffer.concat([rest, chunk]);
      let from = 0;
      for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0, from)) {
        found.add(textOfName(rest.subarray(from, end)));
        from = end + 1;
      }
      rest = rest.subarray(from);
      return undefined;
    },
  }).catch(() => undefined);
  if (!child) return undefined;
  const stop = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]);
  const kill = (): void => {
    child.kill();
  };
  stop.addEventListener('abort', kill, { once: true });
  if (stop.aborted) kill();
  const end = await child.ended.catch(() => undefined);
  stop.removeEventListener('abort', kill);
  return end?.code === 0 || end?.code === 1 ? found : undefined;
}
