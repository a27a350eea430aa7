import * as z from 'zod';
import { pathMistake } from './pathSpelling.ts';
import { globMatcher } from '../scope/glob.ts';
import { absolutePath, BadPath } from '../scope/spelling.ts';

// The kinds of values that policy keys have.

export const LanguageSchema = z.enum(['python', 'javascript', 'bash']);

export const MAX_ENTRIES = 500;

export const TextSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'contains a NUL byte');

export const PathsSchema = z
  .array(
    TextSchema.superRefine((text, issue) => {
      const problem = pathProblem(text);
      if (problem !== undefined) issue.addIssue(problem);
    }),
  )
  .max(MAX_ENTRIES);

export const VariableNamesSchema = z
  .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable'))
  .max(MAX_ENTRIES);

/** Hosts by name or address, each with a port or without. */
export const HostsSchema = z
  .array(
    z
      .string()
      .max(255)
      .regex(
        /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?)(:[0-9]{1,5})?$/i,
        'is not a host such as ollama, llm.example.com:8080 or 192.168.1.5',
      ),
  )
  .max(MAX_ENTRIES);

/** What network commands in the sandbox have, from the strictest. */
export const NETWORK_RULES = ['none', 'ask', 'allowed'] as const;
export const NetworkRuleSchema = z.enum(NETWORK_RULES);
export type NetworkRule = (typeof NETWORK_RULES)[number] | 'unsaid';

const ENFORCEABLE = ['memory', 'processes', 'cpu', 'disk'] as const;
export type EnforceableLimit = (typeof ENFORCEABLE)[number];
/** Limits that the kernel must hold: all, none, or those named. */
export const EnforcedSchema = z.union([z.boolean(), z.array(z.enum(ENFORCEABLE)).max(ENFORCEABLE.length)]);

export function enforcedLimits(written: boolean | EnforceableLimit[]): EnforceableLimit[] {
  const wanted = typeof written === 'boolean' ? (written ? ENFORCEABLE : []) : written;
  return ENFORCEABLE.filter((name) => wanted.includes(name));
}

/** `512m`, `1g`, or a plain number of bytes. */
/** Names of folders, wherever they are: no paths, and nothing that stands for others. */
export const FolderNamesSchema = z
  .array(
    z
      .string()
      .min(1)
      .max(255)
      .regex(/^(?!\.{1,2}$)(?!\.git$)[^/\\*?[\]\0]+$/i, 'is not the name of a folder, such as node_modules'),
  )
  .max(200);

export const SizeSchema = z.union([
  z.number().int().positive(),
  z.string().regex(/^[1-9][0-9]{0,11}[kmgt]?$/i, 'is not a size such as 512m or 1g'),
]);

/** Bytes of a size such as `512m`; the letters are powers of 1024. */
export function sizeInBytes(size: string | number): number {
  if (typeof size === 'number') return size;
  const power = { k: 1, m: 2, g: 3, t: 4 }[size.at(-1)?.toLowerCase() ?? ''];
  return power === undefined ? Number(size) : Number(size.slice(0, -1)) * 1024 ** power;
}

/** Why an entry of a path list could never be asked; found here, where it still has a place in a file. */
export function pathProblem(text: string): string | undefined {
  try {
    globMatcher(absolutePath(text, '/', '/'));
    return pathMistake(text);
  } catch (error) {
    if (error instanceof BadPath || error instanceof RangeError) return error.message;
    throw error;
  }
}
