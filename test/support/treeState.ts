import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sha256 } from '../../src/node/files/hash.ts';

/** Everything below a folder, byte for byte, mode for mode, link for link; `skips` names that are left out. */
export function treeState(root: string, skips: readonly string[] = ['.git']): Record<string, string> {
  const state: Record<string, string> = {};
  const pending = [''];
  for (let below = pending.pop(); below !== undefined; below = pending.pop())
    for (const name of readdirSync(`${root}/${below}`)) {
      if (skips.includes(name)) continue;
      const path = below === '' ? name : `${below}/${name}`;
      const info = lstatSync(`${root}/${path}`);
      const mode = (info.mode & 0o7777).toString(8);
      if (info.isSymbolicLink()) state[path] = `link to ${readlinkSync(`${root}/${path}`)}`;
      else if (info.isDirectory()) {
        state[path] = `folder ${mode}`;
        pending.push(path);
      } else if (info.isFile()) state[path] = `file ${mode} ${info.size} ${sha256(readFileSync(`${root}/${path}`))}`;
      else state[path] = 'other';
    }
  return state;
}
