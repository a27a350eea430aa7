import { realpath } from 'node:fs/promises';

/** The path with every link resolved, as far as it exists; the rest stays as it is written. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // From the top, so that a long path of which nothing exists costs one look.
    let real = '/';
    const names = path.split('/').filter((name) => name !== '');
    for (const [index, name] of names.entries()) {
      const next = `${real === '/' ? '' : real}/${name}`;
      try {
        real = await realpath(next);
      } catch {
        return `${real === '/' ? '' : real}/${names.slice(index).join('/')}`;
      }
    }
    return real;
  }
}
