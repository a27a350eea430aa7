import { randomUUID } from 'node:crypto';
import { chmod, mkdir, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readPolicy } from './readPolicy.ts';
import { Failure } from '../../core/outcome.ts';

/** Puts a policy file in place in one step, if it still holds what it was changed from; keeps its mode. */
export async function writePolicy(file: string, before: string, after: string): Promise<void> {
  const read = readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
  const now = read.kind === 'text' ? read.text : read.kind === 'absent' ? '' : undefined;
  if (now !== before) throw new Failure(`${file} changed meanwhile; nothing was written. Try again.`);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Where the file is a link (dotfiles kept elsewhere), the file that it leads to is the one that changes.
  const target = read.kind === 'text' ? await realpath(file) : file;
  const temporary = `${target}.${randomUUID()}`;
  try {
    await writeFile(temporary, after, { flag: 'wx', mode: 0o600 });
    if (read.kind === 'text') await chmod(temporary, (await stat(target)).mode & 0o777);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
