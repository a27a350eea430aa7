import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES_IN_FOLDER = 9;

/**
 * A project of about so many entries, a tenth folders: most of it installed packages, as in real ones, `share` of it
 * (between 0 and 1) the project's own.
 */
export function plantBigTree(folder: string, entries: number, share = 0.2): void {
  const folders = Math.max(2, Math.round(entries / (FILES_IN_FOLDER + 1)));
  for (let index = 0; index < folders; index += 1) {
    const isOwn = index < folders * share;
    const group = Math.floor(index / 10);
    const at = isOwn
      ? join(folder, 'src', `part${group}`, `unit${index % 10}`)
      : join(folder, 'node_modules', `package-${group}`, 'lib', `unit${index % 10}`);
    mkdirSync(at, { recursive: true });
    for (let file = 0; file < FILES_IN_FOLDER; file += 1)
      writeFileSync(join(at, `file${file}.${file % 3 === 0 ? 'ts' : 'js'}`), textOf(index, file));
  }
}

function textOf(index: number, file: number): string {
  const lines = Array.from({ length: 20 }, (_, line) => `export const value${line} = compute(${index + line});`);
  if (index % 50 === 0 && file === 0) lines.push(`// the needle of unit ${index}`);
  return `${lines.join('\n')}\n`;
}
