import type * as z from 'zod';
import type { Action, PreImage } from '../../shared/action.ts';
import type { Card } from '../../shared/approval.ts';
import type { Preview } from '../approval/desk.ts';
import { kindOf } from '../kinds/table.ts';
import type { Checkpoints } from '../checkpoint/port.ts';
import type { Family } from '../policy/facts.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Rulebook } from '../policy/rules.ts';
import type { ScriptWatch } from '../flow/scriptWatch.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Sandbox } from '../sandbox/port.ts';
import type { EditorBuffers, Files, VersionControl } from '../scope/files.ts';
import type { Scope } from '../scope/scope.ts';
import { describedWithin, performedWithin } from './effort.ts';
import type { TextSearch } from './textSearch.ts';

/** What tools work with. Policy and scope are those in force now, not those at the run's start. */
export interface ToolContext {
  run: string;
  /** The workspace folder of the run: relative paths start here. */
  folder: string;
  files: Files;
  textSearch: TextSearch;
  scope: Scope;
  /** The policy's rules, ready to be asked. */
  rulebook: Rulebook;
  /** What this run may have changed of what commands mean. */
  scriptWatch: ScriptWatch;
  policy: EffectivePolicy;
  sandbox: Sandbox;
  /** Commands without any sandbox, for policies that want that. */
  outside: Sandbox;
  checkpoints: Checkpoints;
  versionControl: VersionControl;
  editor: EditorBuffers;
  /** Where the model's prompts go, in words; shown where private content would go there. */
  goesTo: string;
  /** Masks secrets in what goes back to the model. Before anything is cut: half a secret is not recognized. */
  redactor: Redactor;
  /** SHA-256 in hexadecimal. */
  hash: (data: string | Uint8Array) => string;
}

/** What a call would do, and how a person is shown it. */
export interface Description {
  action: Action;
  /** A few words for the transcript and the tree: "Edit src/sum.js". */
  title: string;
  card: Card;
  /** One sentence: can it be undone? */
  undo: string;
  /** Both sides of a change to one text, for the editor's diff view. */
  preview?: Preview;
}

/** What came of it. `text` goes to the model, `facts` into the log. */
export interface Performed {
  ok: boolean;
  text: string;
  facts: Record<string, string | number | boolean | null>;
  /** Paths that it is about; kept apart from the facts, so that they can be erased. */
  places?: Record<string, string>;
  /** Files whose content is in `text`: what a later request to the model carries out of the machine. */
  contentOf: string[];
}

/**
 * A tool. `describe` has no effects; it ends with the signal, and looks at a bounded part of the workspace (effort.ts). `perform` has them, does exactly what the action says, and is called by the
 * gate (`call.ts`) alone.
 */
export interface Tool<A> {
  name: string;
  /** For the model. */
  summary: string;
  family: Family;
  parameters: z.ZodType<A>;
  describe(args: A, context: ToolContext, signal: AbortSignal): Promise<Description>;
  perform(args: A, action: Action, context: ToolContext, signal: AbortSignal): Promise<Performed>;
}

// What the gate handles: a tool whose arguments are known to itself alone.
export type AnyTool = Tool<unknown>;

/** Forgets a tool's argument type, keeping it sound: arguments are parsed by the tool's own schema first. */
export function anyTool<A>(tool: Tool<A>): AnyTool {
  return {
    ...tool,
    describe: async (args, context, signal) =>
      describedWithin(context, signal, (bounded) => tool.describe(tool.parameters.parse(args), bounded, signal)),
    perform: async (args, action, context, signal) =>
      performedWithin(context, signal, (bounded) => tool.perform(tool.parameters.parse(args), action, bounded, signal)),
  };
}

/** The pre-image that an approved action holds for a path. */
export function expectedAt(action: Action, path: string): PreImage {
  const found = kindOf(action)
    .changes(action)
    .find((image) => image.path === path);
  if (!found) throw new Error(`the action has no pre-image of ${path}`);
  return found;
}
