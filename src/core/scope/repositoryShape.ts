/**
 * Whether git takes a folder with these names for a repository, whatever it is called: is_git_directory() in setup.c. It
 * then trusts the `config` in it. Some file systems take another case for the same name.
 */
export function isRepositoryShape(names: Iterable<string>): boolean {
  const there = new Set(Array.from(names, (name) => name.toLowerCase()));
  return there.has('head') && (there.has('commondir') || (there.has('objects') && there.has('refs')));
}
