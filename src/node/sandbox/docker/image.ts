import { createHash } from 'node:crypto';

const BLOCK = 512;

/** An image without any program: the folders in which everything is mounted, and links such as /bin -> usr/bin. */
export interface EmptyImage {
  name: string;
  archive: Buffer;
}

/** Made of nothing but this machine's own links, so that it needs no registry. Its name tells what is in it. */
export function emptyImage(links: readonly { path: string; target: string }[], home: string): EmptyImage {
  const folders = parentsOf([
    '/usr',
    '/etc',
    '/sys',
    '/proc',
    '/dev',
    '/run',
    '/var',
    home,
    ...links.map(({ path }) => path),
  ]);
  const open = ['/tmp', '/var/tmp', home];
  const isOther = (path: string): boolean => open.includes(path) || links.some((link) => link.path === path);
  const entries = [
    ...[...folders].filter((path) => !isOther(path)).map((path) => folder(path, 0o755)),
    ...open.map((path) => folder(path, 0o1777)),
    ...links.map(({ path, target }) => header({ path, mode: 0o777, type: '2', target })),
  ];
  const archive = Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]);
  const digest = createHash('sha256').update(archive).digest('hex').slice(0, 16);
  return { name: `oversign-empty:${digest}`, archive };
}

/** These folders and those above them, parents first. Of a link its folder alone counts. */
function parentsOf(paths: readonly string[]): Set<string> {
  const all = paths.flatMap((path) => {
    const parts = path.split('/').slice(1);
    return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  });
  return new Set(all.sort((a, b) => a.length - b.length));
}

function folder(path: string, mode: number): Buffer {
  return header({ path: `${path}/`, mode, type: '5' });
}

/** One entry without content: tar(5), the ustar format. Owned by root, of no time. */
function header({
  path,
  mode,
  type,
  target = '',
}: {
  path: string;
  mode: number;
  type: string;
  target?: string;
}): Buffer {
  const name = path.slice(1);
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(target) > 100)
    throw new RangeError(`${path} is too long for an image`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  for (const at of [108, 116]) block.write('0000000\0', at);
  for (const at of [124, 136]) block.write('00000000000\0', at);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(target, 157);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
