import { realpath } from 'node:fs/promises';

/**
 * Resolves links of many paths as they stand now: what a path names with every link followed, as far as it exists; the
 * rest stays as it is written. Each folder and each name in it is looked at once, so one of these is for one moment.
 */
export function realPaths(): (path: string) => Promise<string> {
  const known = new Map<string, Promise<Found>>([['/', Promise.resolve({ real: '/', exists: true })]]);
  const look = (path: string): Promise<Found> => {
    const before = known.get(path);
    if (before) return before;
    const cut = path.lastIndexOf('/');
    const found = below(look(cut <= 0 ? '/' : path.slice(0, cut)), path.slice(cut + 1));
    known.set(path, found);
    return found;
  };
  return async (path) => (await look(`/${path.split('/').filter(Boolean).join('/')}`)).real;
}

interface Found {
  real: string;
  exists: boolean;
}

async function below(folder: Promise<Found>, name: string): Promise<Found> {
  const { real, exists } = await folder;
  const path = `${real === '/' ? '' : real}/${name}`;
  if (!exists) return { real: path, exists };
  try {
    return { real: await realpath(path), exists: true };
  } catch {
    return { real: path, exists: false };
  }
}
