/** A folder that a run works in, as far as it matters for what its files are called. */
interface NamedFolder {
  label: string;
  path: string;
  named: string;
}

/**
 * A file as the agent's tools take it: below the one folder, with what its folder is called where there are several, and
 * whole where it lies in none of them.
 */
export function spokenPath(file: string, folders: readonly NamedFolder[]): string {
  const path = file.replaceAll('\\', '/');
  const found = folders
    .flatMap(({ label, path: real, named }) => [
      { label, root: real.replaceAll('\\', '/') },
      { label, root: named.replaceAll('\\', '/') },
    ])
    .filter(({ root }) => path === root || path.startsWith(`${root}/`))
    .sort((a, b) => b.root.length - a.root.length)[0];
  if (!found) return path;
  const rest = path.slice(found.root.length + 1);
  if (folders.length === 1) return rest === '' ? '.' : rest;
  return `${found.label}/${rest}`;
}
