import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  parsePolicy,
  type Diagnostic,
  type Layer,
  type ParsedLayer,
  type ParseResult,
} from '../../core/policy/parse.ts';
import type { LoadedPolicies, PolicySource } from '../../core/policy/port.ts';

const MAX_BYTES = 1024 * 1024;

export interface PolicyPlaces {
  user: string;
  /** Workspace folders, each of which may hold a policy of its own. */
  roots: readonly string[];
  /** A file named on the command line; it may only tighten. */
  run?: string;
}

export function workspacePolicy(root: string): string {
  return join(root, '.oversign', 'policy.yaml');
}

/** Policy files on disk. Each is read anew every time and parsed again only when its text has changed. */
export class PolicyFiles implements PolicySource {
  readonly #places: PolicyPlaces;
  readonly #parsed = new Map<string, { text: string; result: ParseResult }>();

  constructor(places: PolicyPlaces) {
    this.#places = places;
  }

  async load(): Promise<LoadedPolicies> {
    const wanted: { file: string; layer: Layer; base?: string; isOptional: boolean }[] = [
      { file: this.#places.user, layer: 'user', isOptional: true },
      ...this.#places.roots.map((root) => ({
        file: workspacePolicy(root),
        layer: 'workspace' as const,
        base: root,
        isOptional: true,
      })),
      ...(this.#places.run === undefined ? [] : [{ file: this.#places.run, layer: 'run' as const, isOptional: false }]),
    ];
    const layers: ParsedLayer[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const { file, layer, base, isOptional } of wanted) {
      const read = await readPolicy(file, layer === 'workspace');
      if (read.kind === 'absent' && isOptional) continue;
      if (read.kind !== 'text') {
        const problem = read.kind === 'absent' ? 'the file does not exist' : read.problem;
        diagnostics.push({ severity: 'error', message: problem, file, line: 1, column: 1 });
        continue;
      }
      const known = this.#parsed.get(file);
      const result = known?.text === read.text ? known.result : parsePolicy(read.text, file, layer);
      this.#parsed.set(file, { text: read.text, result });
      if (result.ok) layers.push(base === undefined ? result.parsed : { ...result.parsed, base });
      else diagnostics.push(...result.diagnostics);
    }
    return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, layers };
  }
}

type Read = { kind: 'text'; text: string } | { kind: 'absent' } | { kind: 'unreadable'; problem: string };

/** Absent means that nothing is there at all; anything there that cannot be read is a problem, never "no policy". */
async function readPolicy(file: string, refuseLink: boolean): Promise<Read> {
  // Where a link leads is not protected: the agent could edit the policy under its other name.
  if (refuseLink && (await isLink(dirname(file))))
    return { kind: 'unreadable', problem: 'a workspace policy may not lie behind a link' };
  try {
    const handle = await open(
      file,
      constants.O_RDONLY | constants.O_NONBLOCK | (refuseLink ? constants.O_NOFOLLOW : 0),
    );
    try {
      const info = await handle.stat();
      if (!info.isFile()) return { kind: 'unreadable', problem: 'this is not a regular file' };
      if (info.size > MAX_BYTES) return { kind: 'unreadable', problem: `the file is larger than ${MAX_BYTES} bytes` };
      const bytes = await handle.readFile();
      return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') {
      // A link that leads nowhere is not "no policy": somebody set one, and it is gone.
      const dangling = (await isLink(file)) || (await isLink(dirname(file)));
      return dangling
        ? { kind: 'unreadable', problem: 'this is a link to something that does not exist' }
        : { kind: 'absent' };
    }
    if (code === 'ELOOP')
      return { kind: 'unreadable', problem: refuseLink ? 'a workspace policy may not be a link' : 'too many links' };
    if (code === 'EACCES') return { kind: 'unreadable', problem: 'the file cannot be read: permission denied' };
    if (error instanceof TypeError) return { kind: 'unreadable', problem: 'the file is not UTF-8 text' };
    return { kind: 'unreadable', problem: `the file cannot be read (${String(code ?? error)})` };
  }
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
}
