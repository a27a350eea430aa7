import { realpathSync } from 'node:fs';
import { readGitConfig, type ConfigEntry } from '../../core/command/gitConfig.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { bytesAt, entryAt } from './entries.ts';

/** Not files but the kernel's answers and devices: looking may have effects, and their links lead anywhere. */
const KERNEL_FOLDERS = ['/proc', '/sys', '/dev'];
const MOST_CONFIG = 1024 ** 2;

export function isOfKernel(path: string): boolean {
  return KERNEL_FOLDERS.some((folder) => isInside(folder, path));
}

/** The path without links, or undefined where nothing is there. */
export function realOf(path: string): string | undefined {
  if (isOfKernel(path)) return undefined;
  try {
    const real = textOfName(realpathSync.native(bytesOfPath(path), 'buffer'));
    return isOfKernel(real) ? undefined : real;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw new ToolFailure(`${path} cannot be looked at (${code})`);
  }
}

/** Following a link in what others wrote could bring a private file's text into a message, so that is not the rule. */
export type Links = 'followed' | 'refused';

/** A file of git's; undefined where there is none. Anything but a regular file of at most `most` bytes fails. */
export function readGitFile(path: string, most: number, links: Links): string | undefined {
  const real = realOf(path);
  if (real === undefined) return undefined;
  if (links === 'refused' && real !== path) throw new ToolFailure(`${path} is, or lies behind, a link`);
  try {
    // Opening what is no file may have effects.
    const bytes = entryAt(real)?.isFile() === false ? undefined : bytesAt(real, most + 1);
    if (bytes === undefined) throw new ToolFailure(`${path} is not a file`);
    if (bytes.length > most) throw new ToolFailure(`${path} is larger than ${most} bytes`);
    return textOfName(bytes);
  } catch (error) {
    if (error instanceof ToolFailure) throw error;
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new ToolFailure(`${path} cannot be read (${codeOf(error)})`);
  }
}

/** A configuration file's entries; none where it does not exist. What cannot be read as git reads it fails. */
export function readConfigFile(path: string, links: Links): ConfigEntry[] {
  const read = readGitConfig(readGitFile(path, MOST_CONFIG, links) ?? '');
  if ('badLine' in read)
    throw new ToolFailure(`${path}: line ${read.badLine} cannot be read as git configuration; mend it, then try again`);
  return read;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
