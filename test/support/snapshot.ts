import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every entry below a folder with its kind, mode and content: two equal snapshots are byte-identical trees. */
export function snapshot(folder: string, leaveOut: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (at: string, name: string): void => {
    const info = lstatSync(at);
    const mode = (info.mode & 0o7777).toString(8);
    if (leaveOut(name)) return;
    if (info.isDirectory()) {
      found[name] = `folder ${mode}`;
      for (const child of readdirSync(at)) visit(join(at, child), name === '' ? child : `${name}/${child}`);
    } else if (info.isSymbolicLink()) found[name] = `link ${readlinkSync(at)}`;
    else if (info.isFile()) found[name] = `file ${mode} ${digest(at)}`;
    else found[name] = 'special';
  };
  visit(folder, '');
  return found;
}

/** An ordinary user cannot read a file of mode 000; its mode tells the change then. */
function digest(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return 'unreadable';
  }
}
