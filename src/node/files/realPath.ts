import { realpath } from 'node:fs/promises';
import { nameOf, parentOf } from '../../core/scope/spelling.ts';

/** The path with every link resolved, as far as it exists; the rest stays as it is written. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    if (path === '/') return path;
    const parent = await realPath(parentOf(path));
    return `${parent === '/' ? '' : parent}/${nameOf(path)}`;
  }
}
