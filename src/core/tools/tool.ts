import type * as z from 'zod';
import type { Action, PreImage } from '../../shared/action.ts';
import type { Card } from '../../shared/approval.ts';
import type { Preview } from '../approval/desk.ts';
import { kindOf } from '../kinds/table.ts';
import type { Family } from '../policy/facts.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Files } from '../scope/files.ts';
import type { Scope } from '../scope/scope.ts';
import { describedWithin, performedWithin } from './effort.ts';

/**
 * What belongs to one call and not to its tool: until when it may go on, how far it may look, and what is in force for
 * it. All that is the same for every call of a run, a tool closes over (ports.ts).
 */
export interface CallContext {
  signal: AbortSignal;
  /** The workspace's files, counted for this call (effort.ts). */
  files: Files;
  scope: Scope;
  policy: EffectivePolicy;
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
  /** What the person should see without opening the result, one sentence each. */
  remarks?: string[];
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
  /** Arguments of a call about one path or command line, for whoever tries out what would happen. */
  tried(about: string): object;
  describe(args: A, context: CallContext): Promise<Description>;
  perform(args: A, action: Action, context: CallContext): Promise<Performed>;
}

// What the gate handles: a tool whose arguments are known to itself alone.
export type AnyTool = Tool<unknown>;

/** A kind of tool, made ready for each run from the ports that it uses, and no others. */
export function defineTool<P, A>(make: (ports: P) => Tool<A>): (ports: P) => AnyTool {
  return (ports) => anyTool(make(ports));
}

/** Forgets a tool's argument type, keeping it sound: arguments are parsed by the tool's own schema first. */
function anyTool<A>(tool: Tool<A>): AnyTool {
  return {
    ...tool,
    describe: async (args, context) =>
      describedWithin(context, (bounded) => tool.describe(tool.parameters.parse(args), bounded)),
    perform: async (args, action, context) =>
      performedWithin(context, (bounded) => tool.perform(tool.parameters.parse(args), action, bounded)),
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
