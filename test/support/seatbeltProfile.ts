import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import type { SeatbeltConfig } from '../../src/node/sandbox/seatbelt/config.ts';
import { loadWrap } from '../../src/node/sandbox/seatbelt/wrap.ts';

export type Form = string | Form[];

/** What the library would give to sandbox-exec on macOS, word by word; made here, read and never run. */
export async function wordsOnMacOS(command: string, config: SeatbeltConfig): Promise<string[]> {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  const back = (): void => {
    Object.defineProperty(process, 'platform', { value: platform });
  };
  onTestFinished(back);
  const { line } = await (await loadWrap())(command, config).finally(back);
  const { stdout } = spawnSync('/bin/bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

/** Asks a profile as the kernel does. */
export interface Profile {
  rules: Form[];
  /** Whether an operation (`file-read-data`, `network-outbound`, …) on a path is allowed. */
  allows: (operation: string, path: string, kind?: 'file' | 'folder') => boolean;
}

/**
 * A reader of Seatbelt's language, as far as profiles of the library go: the last rule that matches counts, and one
 * for the very operation counts more than one with a star (see generateReadRules in the library).
 */
export function readProfile(text: string): Profile {
  const rules = parse(text);
  return {
    rules,
    allows(operation, path, kind = 'file') {
      let [exact, wide, otherwise]: (boolean | undefined)[] = [];
      for (const rule of rules) {
        if (!Array.isArray(rule) || (rule[0] !== 'allow' && rule[0] !== 'deny')) continue;
        const verdict = rule[0] === 'allow';
        const words = rule.slice(1).filter((part) => typeof part === 'string');
        const filters = rule.slice(1).filter((part) => Array.isArray(part) && part[0] !== 'with');
        if (words.includes('default')) otherwise = verdict;
        if (filters.length > 0 && !filters.some((filter) => matches(filter, path, kind))) continue;
        if (words.includes(operation)) exact = verdict;
        else if (words.some((word) => word.endsWith('*') && operation.startsWith(word.slice(0, -1)))) wide = verdict;
      }
      return exact ?? wide ?? otherwise ?? false;
    },
  };
}

function matches(filter: Form, path: string, kind: 'file' | 'folder'): boolean {
  if (!Array.isArray(filter)) throw new Error(`a filter is a list: ${filter}`);
  const [name, ...rest] = filter;
  const first = typeof rest[0] === 'string' ? rest[0] : '';
  switch (name) {
    case 'literal':
      return path === first;
    case 'subpath':
      return path === first || first === '/' || path.startsWith(`${first}/`);
    case 'regex':
      return new RegExp(first).test(path);
    case 'vnode-type':
      return first === (kind === 'folder' ? 'DIRECTORY' : 'REGULAR-FILE');
    case 'require-all':
      return rest.every((one) => matches(one, path, kind));
    case 'require-not':
      return !rest.some((one) => matches(one, path, kind));
    default:
      return false; // of the network and of services: nothing that has a path
  }
}

function parse(text: string): Form[] {
  const tokens = text.replace(/^\s*;.*$/gm, '').match(/\(|\)|#?"(?:[^"\\]|\\.)*"|[^\s()"]+/g) ?? [];
  const stack: Form[][] = [[]];
  for (const token of tokens) {
    const top = stack.at(-1);
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const done = stack.pop();
      if (!done || stack.length === 0) throw new Error('a bracket too many');
      stack.at(-1)?.push(done);
    } else top?.push(token.startsWith('"') ? (JSON.parse(token) as string) : token);
  }
  if (stack.length !== 1) throw new Error('a bracket too few');
  return stack[0] ?? [];
}
