import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { startProcess } from '../../process/spawn.ts';

const UNSHARE = '/usr/bin/unshare';
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
const MOST_LISTED = 64 << 20;
const MOST_MS = 10_000;

/**
 * Mounts each of so many views in the folder that it stands in, and becomes the words after that. The names are plain and
 * relative: no path of anybody's is part of an option. `userxattr`: of a user namespace, too (mount(8), overlay).
 */
const MOUNT = `cd "$1" && i=0 && while [ "$i" -lt "$2" ]; do
mount -t overlay overlay -o "userxattr,lowerdir=lower-$i,upperdir=upper-$i,workdir=work-$i" "merged-$i" || exit 125
i=$((i + 1)); done
shift 2 && cd / && exec "$@"`;

/** What stands around a program so that it sees the views in a folder. Nobody else sees them, and they go with it. */
export function aroundOverlay(folder: string, count: number): string[] {
  // Root keeps its own namespace: then what others own is copied as theirs.
  const how = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  return [UNSHARE, ...how, '--propagation', 'private', '--', '/bin/sh', '-c', MOUNT, 'sh', folder, String(count)];
}

/** Makes ready what is mounted. */
export function layOut(folder: string, lowers: readonly string[]): string[] {
  return lowers.map((lower, index) => {
    for (const name of ['upper', 'work', 'merged']) mkdirSync(join(folder, `${name}-${index}`), { mode: 0o700 });
    asIts(join(folder, `upper-${index}`), lower);
    symlinkSync(bytesOfPath(lower), join(folder, `lower-${index}`));
    return join(folder, `merged-${index}`);
  });
}

/** A folder of an upper one shows its own owner and mode, and not those of the real one. */
export function asIts(path: string, lower: string): void {
  const { mode, uid, gid } = statSync(bytesOfPath(lower));
  if (process.getuid?.() === 0) chownSync(bytesOfPath(path), uid, gid);
  chmodSync(bytesOfPath(path), mode & 0o7777);
}

/** Why the kernel does not mount these views; undefined where it does. */
export async function whyNoOverlay(folder: string, count: number): Promise<string | undefined> {
  if (!existsSync(UNSHARE)) return `${UNSHARE} is not there`;
  const { code, output } = await inView(folder, { count, argv: ['/bin/true'] });
  if (code === 0) return undefined;
  return `an overlay cannot be mounted (${output.toString('utf8').trim().split('\n')[0] ?? ''})`;
}

/** The names that a view has in each of these folders of it: what an upper folder alone does not say. */
export async function namesInView(
  folder: string,
  { index, count }: { index: number; count: number },
  folders: readonly string[],
): Promise<Map<string, Set<string>>> {
  const found = new Map(folders.map((one) => [one, new Set<string>()]));
  if (folders.length === 0) return found;
  const list = Buffer.concat(folders.map((one) => bytesOfPath(`./${one}\0`)));
  // Each folder is named before what is in it. Names are data: nothing of them is read as an option or a pattern.
  const script = `cd "$1" && exec xargs -0 -r sh -c 'for d do printf "/%s\\0" "$d"; find "$d" -mindepth 1 -maxdepth 1 -printf "%f\\0" || exit 255; done' sh`;
  const argv = ['/bin/sh', '-c', script, 'sh', join(folder, `merged-${index}`)];
  const { code, output, outputBytes } = await inView(folder, { count, argv, input: list });
  if (code !== 0 || outputBytes > output.length) throw new Error('the view could not be listed');
  let into: Set<string> | undefined;
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0, at);
    const text = textOfName(output.subarray(at, end));
    at = end + 1;
    // No name holds a slash.
    if (text.startsWith('/')) into = found.get(text.slice('/./'.length));
    else into?.add(text);
  }
  return found;
}

async function inView(
  folder: string,
  { count, argv, input }: { count: number; argv: readonly string[]; input?: Uint8Array },
): Promise<{ code: number | null; output: Buffer; outputBytes: number }> {
  const [file = UNSHARE, ...args] = [...aroundOverlay(folder, count), ...argv];
  const child = await startProcess({
    ...{ file, args, cwd: '/', environment: ENVIRONMENT, outputCap: MOST_LISTED },
    ...(input && { input: once(input), dropsErrors: true }),
  });
  const timer = setTimeout(() => {
    child.kill();
  }, MOST_MS);
  return child.ended.finally(() => {
    clearTimeout(timer);
  });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
