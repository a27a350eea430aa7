import type { Origin } from '../../shared/decision.ts';
import type { Diagnostic, ParsedLayer, PolicyFile } from './layer.ts';

/** A value of the policy in force, and where it comes from. */
export interface Value<T> {
  value: T;
  origin: Origin;
}

export function note(origin: Origin, message: string): Diagnostic {
  return { severity: 'warning', message, file: origin.file ?? '', line: origin.line ?? 1, column: origin.column ?? 1 };
}

/** A key that has one value, as far as settling needs to know it. */
interface Settled<T> {
  path: string;
  initial: T;
  read: (values: PolicyFile) => T | undefined;
  /** What counts where a layer wants something that it may not loosen: at least as strict as what is settled. */
  stricter: (settled: T, wanted: T) => T;
  loosened: Loosened;
}
export type Loosened = 'by who may' | 'never by a workspace';

/** The layers that bind, in order, and who may do what in them; what was ignored on the way is noted. */
export class Settling {
  readonly notes: Diagnostic[] = [];
  readonly layers: readonly ParsedLayer[];
  readonly #folders: number;

  constructor(layers: readonly ParsedLayer[], folders: number) {
    this.layers = layers;
    this.#folders = folders;
  }

  settle<T>({ path, initial, read, stricter, loosened }: Settled<T>): Value<T> {
    let settled: Value<T> = { value: initial, origin: { layer: 'built-in' } };
    let by: ParsedLayer['layer'] | undefined;
    const accepted = loosened === 'by who may' ? this.#loosening(read) : [];
    for (const layer of this.layers) {
      const wanted = read(layer.values);
      if (wanted === undefined) continue;
      const origin = layer.originOf(path.split('.'));
      const isFree =
        layer.layer === 'organization' ||
        (layer.layer === 'user' && by !== 'organization') ||
        (by === undefined && accepted.includes(layer));
      // Of several folders' accepted policies the strictest counts.
      const value = isFree ? wanted : stricter(settled.value, wanted);
      if (!isSame(value, wanted)) this.notes.push(note(origin, looser(path, layer, by, loosened)));
      if (isFree || !isSame(value, settled.value)) settled = { value, origin };
      if (isFree) by = layer.layer;
    }
    return settled;
  }

  /** Whether a layer may allow more than the defaults do: a workspace never speaks for itself. */
  maySet(layer: ParsedLayer): boolean {
    return layer.layer === 'organization' || layer.layer === 'user' || layer.isAccepted === true;
  }

  /** Says that something which would loosen does not count; `what` is the beginning of the sentence. */
  ignored(layer: ParsedLayer, origin: Origin, what: string): void {
    this.notes.push(note(origin, `${what}; ${onlyTightens(layer)}, so it is ignored`));
  }

  /** The accepted workspace policies, if every folder has one that speaks of this: else the default is the strictest. */
  #loosening(read: (values: PolicyFile) => unknown): ParsedLayer[] {
    const speaking = this.layers.filter((layer) => layer.isAccepted === true && read(layer.values) !== undefined);
    return new Set(speaking.map(({ base }) => base)).size >= this.#folders ? speaking : [];
  }
}

function looser(path: string, layer: ParsedLayer, by: ParsedLayer['layer'] | undefined, loosened: Loosened): string {
  if (loosened === 'never by a workspace' && layer.layer === 'workspace')
    return `${path} is looser here than a workspace policy can ever make it, accepted or not, so this is ignored`;
  const set = by === undefined ? 'the default' : `what the ${by} policy sets`;
  return `${path} is looser than ${set}; ${onlyTightens(layer, by)}, so this is ignored`;
}

function onlyTightens(layer: ParsedLayer, by?: ParsedLayer['layer']): string {
  if (layer.isAbove === true) return 'a policy from above the workspace can only tighten';
  if (layer.layer === 'workspace' && by === undefined)
    return 'a workspace policy can only tighten until you accept it (Oversign: Accept Workspace Policy)';
  return layer.layer === 'user'
    ? 'a user policy can only tighten what the organization sets'
    : `a ${layer.layer} policy can only tighten`;
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
