import { ActionSchema, type Action, type Launch } from '../../shared/action.ts';
import type { StoredPayload } from '../../shared/auditEvent.ts';
import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';
import { A_MASK } from '../redaction/placeholder.ts';

/**
 * How actions are recorded now. Raised when a reader of before would misunderstand them; what was recorded without a
 * version is from before there was one, and is read by the same lines.
 */
const VERSION = 1;

/** What a log says of a proposed action, whichever version recorded it. */
export type StoredAction =
  | ReadAction
  /** A call that was none, with its arguments as they came. */
  | { kind: 'no call'; arguments: string }
  /** Recorded by a later version than this one: nothing is guessed of it. */
  | { kind: 'newer'; version: string }
  /** Erased, or never recorded. */
  | { kind: 'gone' };

export interface ReadAction {
  kind: 'action';
  /** Its kind of action (`src/core/kinds/`), where its version recorded one. */
  of: string | undefined;
  effect: string;
  resources: { path: string; access: string }[];
  arguments: Record<string, Json>;
  /** The words that were started. */
  argv: string[];
  /** What its line meant; undefined where that is not all there. */
  command: { programs: (string | null)[][]; doubts: Doubt[] } | undefined;
  /** All of it, for what its kind alone knows how to read. */
  recorded: Record<string, Json>;
  /** False where it was too long for the log, so that texts in it may end early. */
  isWhole: boolean;
}

interface Doubt {
  why: string;
  program: number | undefined;
}

/**
 * An action as it is recorded. Its digest is that of the action alone, without the version. Of the variables of the
 * user's that a command is given (`variables`), the names are recorded and no value, however short or ordinary it is.
 */
export function storedAction(action: Action, variables: readonly string[]): Json {
  return { ...(JSON.parse(canonicalJson(withoutValues(action, variables))) as Record<string, Json>), version: VERSION };
}

function withoutValues(action: Action, variables: readonly string[]): Action {
  if (action.kind === 'plugin')
    return action.launch ? { ...action, launch: withoutThose(action.launch, action.plugin.variables) } : action;
  return action.kind === 'run' ? { ...action, launch: withoutThose(action.launch, variables) } : action;
}

function withoutThose(launch: Launch, variables: readonly string[]): Launch {
  const given = Object.entries(launch.environment).map(([name, value]): [string, string] => [
    name,
    variables.includes(name) ? `[redacted:${name}]` : value,
  ]);
  return { ...launch, environment: Object.fromEntries(given) };
}

/** THE reader of stored actions. It takes what it knows and finds in its place, and leaves out the rest. */
export function readAction(payload: StoredPayload): StoredAction {
  const action = own(payload, 'action');
  if (!isJsonObject(action)) {
    const raw = own(payload, 'arguments');
    return typeof raw === 'string' ? { kind: 'no call', arguments: raw } : { kind: 'gone' };
  }
  const version = own(action, 'version');
  if (version !== undefined && version !== VERSION) return { kind: 'newer', version: canonicalJson(version) };
  const args = own(action, 'arguments');
  const isWhole = own(own(payload, 'cut'), 'action') === undefined;
  return {
    kind: 'action',
    of: text(own(action, 'kind')),
    effect: text(own(action, 'effect')) ?? '',
    resources: list(own(action, 'resources')).flatMap((resource) => {
      const path = text(own(resource, 'path'));
      return path === undefined ? [] : [{ path, access: text(own(resource, 'access')) ?? '' }];
    }),
    arguments: isJsonObject(args) ? args : {},
    argv: list(own(own(action, 'launch'), 'argv')).filter((word) => typeof word === 'string'),
    // A doubt that was lost would make a program look harmless.
    command: isWhole ? readCommand(own(action, 'command')) : undefined,
    recorded: action,
    isWhole,
  };
}

/** The action itself, where all of it is recorded as this version would have it, and no secret was masked in it. */
export function wholeAction({ recorded, isWhole }: ReadAction): Action | undefined {
  const { version: _, ...action } = recorded;
  if (!isWhole || canonicalJson(action).search(A_MASK) !== -1) return undefined;
  return ActionSchema.safeParse(action).data;
}

function readCommand(command: Json | undefined): ReadAction['command'] {
  const [programs, doubts] = [own(command, 'programs'), own(command, 'doubts')];
  if (!Array.isArray(programs) || !Array.isArray(doubts)) return undefined;
  const read = doubts.flatMap((doubt): Doubt[] => {
    const [why, program] = [text(own(doubt, 'why')), own(doubt, 'program')];
    return why === undefined ? [] : [{ why, program: typeof program === 'number' ? program : undefined }];
  });
  if (read.length < doubts.length) return undefined;
  return { programs: programs.map((words) => list(words).map((word) => text(word) ?? null)), doubts: read };
}

/** An argument of it that is a text, whole. */
export function textArgument({ arguments: args, isWhole }: ReadAction, name: string): string | undefined {
  return isWhole ? text(own(args, name)) : undefined;
}

/** What is said instead of an action that a later version recorded. */
export function newerWords({ version }: Extract<StoredAction, { kind: 'newer' }>): string {
  return `A newer version of Oversign recorded this action (format ${version.slice(0, 20)}); this version cannot read it. Update Oversign to see it.`;
}

function own(value: unknown, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
