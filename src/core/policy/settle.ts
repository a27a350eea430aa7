import type { PathRule } from '../scope/pathRule.ts';
import type { Origin } from '../../shared/decision.ts';
import type { Diagnostic, ParsedLayer } from './parse.ts';
import type { Rule, RuleList } from './rules.ts';
import type { PolicyFile } from './schema.ts';

/** A value of the policy in force, and where it comes from. */
export interface Value<T> {
  value: T;
  origin: Origin;
}

export function note(origin: Origin, message: string): Diagnostic {
  return { severity: 'warning', message, file: origin.file ?? '', line: origin.line ?? 1, column: origin.column ?? 1 };
}

/** How layers settle a value; what was ignored on the way is noted. */
export class Settling {
  readonly notes: Diagnostic[] = [];
  readonly #layers: readonly ParsedLayer[];
  readonly #folders: number;

  constructor(layers: readonly ParsedLayer[], folders: number) {
    this.#layers = layers;
    this.#folders = folders;
  }

  settle = <T>(
    initial: T,
    path: string[],
    read: (values: PolicyFile) => T | undefined,
    stricter: (current: T, wanted: T) => T,
    loosened: 'by who may' | 'never by a workspace' = 'by who may',
  ): Value<T> => {
    let settled: Value<T> = { value: initial, origin: { layer: 'built-in' } };
    let by: ParsedLayer['layer'] | undefined;
    const accepted = loosened === 'by who may' ? this.#loosening(read) : [];
    for (const layer of this.#layers) {
      const wanted = read(layer.values);
      if (wanted === undefined) continue;
      const origin = layer.originOf(path);
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
  };

  /** Whose rules count, and whether what they allow does. */
  rules(read: (layer: ParsedLayer) => Rule[]): RuleList[] {
    return this.#layers.flatMap((layer) => {
      const rules = read(layer);
      if (rules.length === 0) return [];
      const mayLoosen = this.#maySet(layer);
      if (!mayLoosen)
        for (const rule of rules)
          if (rule.keys.decision === 'allow')
            this.notes.push(note(rule.origin, `this rule allows; ${onlyTightens(layer)}, so it is ignored`));
      return [{ layer: layer.layer, mayLoosen, ...(layer.base !== undefined && { base: layer.base }), rules }];
    });
  }

  /** Says whose content is trusted: the organization binds the user, and a workspace never speaks for itself. */
  ownPaths(read: (layer: ParsedLayer) => PathRule[]): PathRule[][] {
    return this.#layers.flatMap((layer) => {
      if (layer.values.own_paths === undefined) return [];
      if (this.#maySet(layer) && layer.layer !== 'run') return [read(layer)];
      this.notes.push(
        note(layer.originOf(['own_paths']), `own_paths trusts content; ${onlyTightens(layer)}, so it is ignored`),
      );
      return [];
    });
  }

  #maySet(layer: ParsedLayer): boolean {
    return layer.layer === 'organization' || layer.layer === 'user' || layer.isAccepted === true;
  }

  /** The accepted workspace policies, if every folder has one that speaks of this: else the default is the strictest. */
  #loosening(read: (values: PolicyFile) => unknown): ParsedLayer[] {
    const speaking = this.#layers.filter((layer) => layer.isAccepted === true && read(layer.values) !== undefined);
    return new Set(speaking.map(({ base }) => base)).size >= this.#folders ? speaking : [];
  }
}

function looser(
  path: string[],
  layer: ParsedLayer,
  by: ParsedLayer['layer'] | undefined,
  loosened: 'by who may' | 'never by a workspace',
): string {
  if (loosened === 'never by a workspace' && layer.layer === 'workspace')
    return `${path.join('.')} is looser here than a workspace policy can ever make it, accepted or not, so this is ignored`;
  const set = by === undefined ? 'the default' : `what the ${by} policy sets`;
  return `${path.join('.')} is looser than ${set}; ${onlyTightens(layer, by)}, so this is ignored`;
}

function onlyTightens(layer: ParsedLayer, by?: ParsedLayer['layer']): string {
  if (layer.layer === 'workspace' && by === undefined)
    return 'a workspace policy can only tighten until you accept it (Oversign: Accept Workspace Policy)';
  return layer.layer === 'user'
    ? 'a user policy can only tighten what the organization sets'
    : `a ${layer.layer} policy can only tighten`;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
