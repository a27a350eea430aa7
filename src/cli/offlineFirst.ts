import { bashParser } from '../core/command/bash.ts';
import { understand } from '../core/command/understand.ts';
import type { Files } from '../core/scope/files.ts';
import { offlineRemovals } from '../core/tools/command/offlineRemovals.ts';
import { isSaid } from '../terminal/confirm.ts';

interface Asked {
  argv: readonly string[];
  cwd: string;
  files: Files;
  yes: boolean;
  /** Standard output is for one object: nobody is asked there. */
  json: boolean;
}

/**
 * Tells a person, before their own command starts, what it would take away that cannot come back without a network.
 * Undefined where it may start; else why it does not.
 */
export async function offlineRefusal({ argv, cwd, files, yes, json }: Asked): Promise<string | undefined> {
  if (yes) return undefined;
  const line = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const found = await offlineRemovals(understand(line, await bashParser()), cwd, { files });
  if (found.length === 0) return undefined;
  const words = found.map(({ why }) => why).join('; ');
  const isAsked = !json && process.stdin.isTTY;
  if (isAsked && (await isSaid('Run it all the same? [y/N] ', `${words}.\n`))) return undefined;
  return `${words}; nothing was run (--yes runs it all the same)`;
}
