import type * as z from 'zod';
import type { Origin } from '../../../shared/decision.ts';
import type { PathRule } from '../../scope/pathRule.ts';
import type { PolicyFile } from '../layer.ts';
import type { Settling } from '../settle.ts';

/** One line of the effective policy: a key as the file has it, its value in words, and where that comes from. */
export interface PolicyEntry {
  key: string;
  value: string;
  /** The value as people say it, where that is another: `2 GiB` for 2147483648. */
  words?: string;
  origin: Origin;
}

/** What the schema, the editor's help and docs/policy.md say of a key. */
export interface WrittenKey<Path extends string = string> {
  /** Where it stands in a file: `tools.code_execution.timeout`. */
  readonly path: Path;
  /** What may stand there. */
  readonly schema: z.ZodType;
  readonly about: string;
  /** Of a list of paths: what an entry does with those that it names. */
  readonly paths?: 'forbidden' | 'permitted';
  /** The default, as a file would say it. */
  readonly standard?: unknown;
}

/** One key: all that there is to know of it. `T` is what it comes to in the policy in force, origins included. */
export interface PolicyKey<T, Path extends string = string> extends WrittenKey<Path> {
  /** What counts when all layers have spoken. */
  settle(settling: Settling): T;
  /** At least as strict as both: for a run that goes on while files change. */
  stricter(start: T, now: T): T;
  /** Its lines of the effective policy. */
  entries(value: T): PolicyEntry[];
  /** The value with every path rule in it as `locate` says. */
  located(value: T, locate: (rule: PathRule) => Promise<PathRule>): Promise<T>;
}

/** A key that people paste in from elsewhere and that governs nothing in this version: taken, not swallowed. */
export interface KeyWithoutEffect<Path extends string = string> extends WrittenKey<Path> {
  readonly hasEffect: false;
  /** What to say where a file wants something by it. */
  inVain(written: unknown): string | undefined;
}

/** What a file holds at a key's place. It has the type of the key's schema, which is part of the file's. */
export function valueAt(values: PolicyFile, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, part) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, part)
          ? (at as Record<string, unknown>)[part]
          : undefined,
      values,
    );
}
