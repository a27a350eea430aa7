import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { throwIfStopped, ToolFailure } from '../../core/outcome.ts';
import type { PluginProgram } from '../../core/plugins/port.ts';
import { visibleLine } from '../../shared/visible.ts';

/** More is no program that could be looked at before each start. */
const [MOST_FILES, MOST_BYTES] = [20_000, 256 * 2 ** 20];
const MOST_PACKAGE = 1_000_000;

/**
 * What a command line starts, as far as it stands on disk: each word that names a file, and the package that the file is
 * in (the nearest folder with a package.json), without what that has installed itself. A program that is found by its bare
 * name is the toolchain's, and what a package needs beside itself is not looked at. Links are not followed.
 */
export async function programOf(
  command: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<PluginProgram> {
  const places = new Set<string>();
  for (const [index, word] of command.entries()) {
    if (index === 0 && !word.includes('/')) continue;
    const file = await fileAt(isAbsolute(word) ? word : resolve(folder, word));
    if (file !== undefined) places.add((await packageAround(file)) ?? file);
  }
  if (places.size === 0) return { digest: '', parts: [] };
  const whole = createHash('sha256');
  const parts: string[] = [];
  const count = { files: 0, bytes: 0 };
  for (const place of places) {
    const before = count.files;
    await addTo(whole, { place, name: '.', count, signal });
    const { name, version } = await packageWords(place);
    whole.update(JSON.stringify([name, version]));
    const files = count.files - before;
    parts.push(visibleLine(`${name} ${version}`.trim()) + ` (${files} ${files === 1 ? 'file' : 'files'})`);
  }
  return { digest: whole.digest('hex'), parts };
}

interface At {
  place: string;
  name: string;
  count: { files: number; bytes: number };
  signal: AbortSignal;
}

async function addTo(whole: ReturnType<typeof createHash>, { place, name, count, signal }: At): Promise<void> {
  throwIfStopped(signal);
  const found = await lstat(place).catch(() => {
    throw new ToolFailure(`${visibleLine(place)} cannot be looked at, so nobody can say what the plugin is`);
  });
  count.files += 1;
  count.bytes += found.isFile() ? found.size : 0;
  if (count.files > MOST_FILES || count.bytes > MOST_BYTES)
    throw new ToolFailure('the program of this plugin is too large to be looked at before each start');
  if (found.isSymbolicLink()) whole.update(JSON.stringify([name, 'link', await readlink(place)]));
  else if (found.isFile()) whole.update(JSON.stringify([name, 'file', await digestOf(place)]));
  else if (!found.isDirectory()) whole.update(JSON.stringify([name, 'other']));
  else {
    const entries = (await readdir(place)).sort();
    whole.update(JSON.stringify([name, 'folder', entries.filter((one) => one !== 'node_modules')]));
    for (const entry of entries) {
      if (entry === 'node_modules') continue;
      await addTo(whole, { place: join(place, entry), name: `${name}/${entry}`, count, signal });
    }
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new ToolFailure('a file of this plugin grows while it is looked at');
    hash.update(chunk);
  }
  return hash.digest('hex');
}

async function fileAt(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return (await lstat(real)).isFile() ? real : undefined;
  } catch {
    return undefined; // it names nothing
  }
}

/** The package of an installed file. A file of the workspace's own stands for itself: its package is the whole project. */
async function packageAround(file: string): Promise<string | undefined> {
  if (!file.includes('/node_modules/')) return undefined;
  for (let at = dirname(file); at.includes('/node_modules/'); at = dirname(at))
    if ((await fileAt(join(at, 'package.json'))) !== undefined) return at;
  return undefined;
}

async function packageWords(place: string): Promise<{ name: string; version: string }> {
  const own = { name: place.slice(place.lastIndexOf('/') + 1), version: '' };
  const manifest = join(place, 'package.json');
  try {
    if ((await lstat(manifest)).size > MOST_PACKAGE) return own;
    const said = JSON.parse(await readFile(manifest, 'utf8')) as { name?: unknown; version?: unknown };
    return {
      name: typeof said.name === 'string' ? said.name.slice(0, 200) : own.name,
      version: typeof said.version === 'string' ? said.version.slice(0, 60) : '',
    };
  } catch {
    return own; // no package, or none that says what it is
  }
}
