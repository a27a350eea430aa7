/**
 * package-lock.json as every npm leaves it. Without `engines`: the packages run on the Node 24 that the lock brings, so
 * the Node that npm itself runs on has nothing to warn of, and leaves no binary out for it. Without `libc`: npm 10, which
 * Node 20 comes with, knows no such field and would take it out.
 */
export function steadyLock(lock: string): string {
  const parsed = JSON.parse(lock) as { packages: Record<string, Record<string, unknown>> };
  for (const [path, entry] of Object.entries(parsed.packages)) {
    if (path === '') continue; // the project itself: what it says of Node is meant
    delete entry['engines'];
    delete entry['libc'];
  }
  return JSON.stringify(parsed, null, 2);
}
