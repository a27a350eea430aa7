import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Enough entries for a workspace to be watched from its second command on: 2,400, most of them in `node_modules`. */
export function plantManyEntries(folder: string): void {
  for (let index = 0; index < 120; index += 1) {
    const at = join(folder, 'node_modules', `package-${index}`, 'lib');
    mkdirSync(at, { recursive: true });
    for (let file = 0; file < 18; file += 1) writeFileSync(join(at, `file${file}.js`), '');
  }
  mkdirSync(join(folder, 'src/inner'), { recursive: true });
  writeFileSync(join(folder, 'src/inner/a.ts'), 'a\n');
}
