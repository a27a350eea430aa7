import type * as z from 'zod';
import type { Action, Effect } from '../../shared/action.ts';
import type { Card } from '../../shared/approval.ts';
import type { UndoState } from '../../shared/undoState.ts';
import type { Block, Words } from '../../shared/block.ts';
import type { Json } from '../../shared/json.ts';
import type { Preview } from '../approval/desk.ts';
import type { Image } from '../models/images.ts';
import type { CommandConnections } from '../egress/connecting.ts';
import type { Outbound, PermitSending } from '../egress/port.ts';
import type { Family } from '../policy/facts.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Appeared } from '../sandbox/port.ts';
import type { Files } from '../scope/files.ts';
import type { Scope } from '../scope/scope.ts';
import type { Cancelled } from '../outcome.ts';
import { argumentsReader, fitting } from './arguments.ts';
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
  /** While it is described: what undo does not cover may be held read-only, so that it can be reviewed afterwards. */
  mayHold?: boolean;
  /** While it is done: asks whose it is what appeared beside a command, until its signal fires (whoseQuestion.ts). */
  whose?(appeared: readonly Appeared[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** While it is done: the connections of a command in the sandbox, each decided by itself; until its signal fires. */
  connecting?(command: string, signal: AbortSignal): CommandConnections;
  /** While it is done: takes a call of a tool that no model is offered through the gate, in the name of this one. */
  calling?(
    tool: AnyTool,
    args: object,
    signal: AbortSignal,
  ): Promise<{ status: 'done' | 'failed' | 'denied' | 'cancelled'; text: string }>;
  /** While it is done: leave to send something, which records it for this action before it goes. */
  leave?: (outbound: Outbound) => PermitSending;
}

/** An action of a tool: of one kind, and with its arguments in it. */
type ActionOf<A, K extends Action> = K & { arguments: A };

/** What a call would do, and how a person is shown it. */
export interface Description<A = Action['arguments'], K extends Action = Action> {
  action: ActionOf<A, K>;
  /** A few words for the transcript and the tree: "Edit src/sum.js". */
  title: string;
  /** What could be lost by it; left out where nothing can be. */
  consequence?: Words;
  /** Can it be undone? In one sentence. */
  undo: { state: UndoState; words: string };
  card: Card;
  /** In which folder, and what holds it there, a few words each; left out where what it touches says it all. */
  where?: readonly string[];
  /** Both sides of each text that changes, for the editor's diff view. */
  previews?: readonly Preview[];
  /** Absent where it changes nothing that could be shown. */
  effects?: EffectsOffer;
}

/** What an action would change can be shown before: it runs in a copy-on-write view then. */
export interface EffectsOffer {
  /** Why that cannot be had here; undefined where it can. Looked at where a person is asked. */
  whyNot(signal: AbortSignal): Promise<string | undefined>;
}

/** What an action did in such a view. Nothing of it is on disk, and none of it reaches the model, until it is applied. */
export interface ShownEffects {
  /** The action that ran: the same one, in a view. */
  readonly facts: Performed['facts'];
  readonly ok: boolean;
  /** What it did, for the log, where that is no change of files. */
  readonly words?: string;
  /** What is shown of it, beneath the card. */
  readonly blocks: readonly Block[];
  readonly previews: readonly Preview[];
  /** SHA-256 over all that would be applied. */
  readonly digest: string;
  /** Why nothing of it can be applied; a sentence. */
  readonly obstacle: string | undefined;
  /** What stands otherwise since, in words; undefined where nothing does. */
  outdated(): Promise<string | undefined>;
  /** Makes exactly these changes; what comes of it is what came of the action. */
  apply(context: CallContext): Promise<Performed>;
  /** Throws it away. */
  drop(): Promise<void>;
}

/** What came of it. `text` goes to the model, `facts` into the log. */
export interface Performed {
  ok: boolean;
  text: string;
  /** How many secrets it has masked in `text`, where it had to mask before it cut. */
  masked?: number;
  facts: Record<string, string | number | boolean | null>;
  /** What the person should see without opening the result, one sentence each. */
  remarks?: string[];
  /** Files whose content is in `text`: what a later request to the model carries out of the machine. */
  contentOf: string[];
  /** The person is shown which files it made, and what is in pictures among them. */
  showsMade?: true;
  /** What `text` speaks of, to be seen. */
  images?: readonly Image[];
  /** Set where the action goes on after this result. */
  goesOn?: GoesOn;
}

/** An action that goes on: its record is closed, with all of the above, when it has ended. */
export interface GoesOn {
  ended: Promise<Performed>;
  /** Says when it is ended from outside, by whomever. */
  signal: AbortSignal;
  stop(why: Cancelled): void;
}

/**
 * A tool. `describe` has no effects; it ends with the signal, and looks at a bounded part of the workspace (effort.ts).
 * `perform` has them; it is given the action that was decided and nothing else of the call, so that it can do nothing
 * that was not in it, and is called by the gate (`call.ts`) alone.
 */
export interface Tool<A, K extends Action> {
  name: string;
  /** What other agents call a tool that does the same, as `folded` has it: whoever calls that is told this one. */
  elsewhere?: readonly string[];
  /** Why it cannot work here, as the rest of a sentence: it is not offered then, and a call of it is told so. */
  unavailable?: string;
  /** For the model. */
  summary: string;
  family: Family;
  /** All that its calls can do: what rules and offers about an effect mean by it. */
  effects: readonly Effect[];
  /** Tools whose calls do a part of the same: a rule that asks or denies about one of them is about this one too. */
  includes?: readonly string[];
  parameters: z.ZodType<A>;
  /** What of that a model is told under a policy; all of it without this. The same object where it is the same. */
  offeredParameters?(policy: EffectivePolicy): z.ZodType;
  /** What the model is told that it takes, where that is somebody else's word: arguments are passed on as they come then. */
  schema?: Record<string, Json> | undefined;
  /** For whoever tries out what would happen: what to ask them for, and the arguments of a call about that. */
  about: string;
  tried(about: string): object;
  /** The argument whose text a person may change before they approve, and what it is called on the card. */
  editable?: { argument: keyof A & string; label: string };
  describe(args: A, context: CallContext): Promise<Description<A, K>>;
  perform(action: ActionOf<A, K>, context: CallContext): Promise<Performed>;
  /** Runs it in a view of the workspace. Called by the gate alone (effectsFirst.ts), where `describe` offers it. */
  showEffects?(action: ActionOf<A, K>, context: CallContext): Promise<ShownEffects>;
}

/** What the gate handles: a tool whose arguments are known to itself alone. */
export interface AnyTool extends Pick<
  Tool<unknown, Action>,
  | 'name'
  | 'elsewhere'
  | 'unavailable'
  | 'summary'
  | 'family'
  | 'effects'
  | 'includes'
  | 'about'
  | 'tried'
  | 'offeredParameters'
  | 'schema'
> {
  parameters: z.ZodType;
  /** Parses what the model sent as arguments: the one time that it is done. The problem is a sentence for the model. */
  read(text: string): { ok: true; call: ToolUse } | { ok: false; problem: string };
}

/** A tool with the arguments of one call. */
export interface ToolUse {
  family: Family;
  arguments: Record<string, Json>;
  /** The text of it that a person may change before they approve, where there is one. */
  editable?: { argument: string; label: string; text: string };
  /** The same call with another such text. */
  edited?: (text: string) => { ok: true; call: ToolUse } | { ok: false; problem: string };
  describe(context: CallContext): Promise<Described>;
}

/** What was described, and with it the way to do exactly that. */
export interface Described extends Description {
  perform(context: CallContext): Promise<Performed>;
  showEffects?: (context: CallContext) => Promise<ShownEffects>;
}

/** What a call about one path is tried with. */
export const A_PATH = 'The path, relative to the workspace folder';

/** A kind of tool, made ready for each run from the ports that it uses, and no others. */
export function defineTool<P, A, K extends Action>(make: (ports: P) => Tool<A, K>): (ports: P) => AnyTool {
  return (ports) => anyTool(make(ports));
}

/** Forgets a tool's argument type, keeping it sound: only its own schema's result reaches it. */
function anyTool<A, K extends Action>(tool: Tool<A, K>): AnyTool {
  const { name, elsewhere, summary, family, effects, includes, about, parameters, schema } = tool;
  const readArguments = argumentsReader(tool);
  return {
    ...{ name, summary, family, effects, about, parameters },
    ...(includes && { includes }),
    ...(schema && { schema }),
    ...(elsewhere && { elsewhere }),
    ...(tool.unavailable !== undefined && { unavailable: tool.unavailable }),
    ...(tool.offeredParameters && { offeredParameters: (policy) => tool.offeredParameters?.(policy) ?? parameters }),
    tried: (what) => tool.tried(what),
    read: (text) => {
      const parsed = readArguments(text);
      return parsed.ok ? { ok: true, call: toolUse(tool, parsed.value) } : parsed;
    },
  };
}

function toolUse<A, K extends Action>(tool: Tool<A, K>, args: A): ToolUse {
  const given = JSON.parse(JSON.stringify(args)) as Record<string, Json>;
  return {
    family: tool.family,
    arguments: given,
    ...(tool.editable && editing(tool, given, tool.editable)),
    describe: async (context) => {
      const description = await describedWithin(context, (bounded) => tool.describe(args, bounded));
      const { action } = description;
      if (action.tool !== tool.name || !tool.effects.includes(action.effect))
        throw new Error(`${tool.name} describes what it does not say that it does: ${action.effect} by ${action.tool}`);
      const perform = (during: CallContext): Promise<Performed> =>
        performedWithin(during, (bounded) => tool.perform(action, bounded));
      const show = (during: CallContext): Promise<ShownEffects> => {
        if (!tool.showEffects) throw new Error(`${tool.name} offers to show effects, and shows none`);
        return tool.showEffects(action, during);
      };
      return { ...description, perform, ...(description.effects && { showEffects: show }) };
    },
  };
}

function editing<A, K extends Action>(
  tool: Tool<A, K>,
  given: Record<string, Json>,
  { argument, label }: NonNullable<Tool<A, K>['editable']>,
): Pick<ToolUse, 'editable' | 'edited'> {
  const text = given[argument];
  if (typeof text !== 'string') return {};
  return {
    editable: { argument, label, text },
    edited: (other) => {
      const fit = fitting(tool, { ...given, [argument]: other });
      return fit.ok ? { ok: true, call: toolUse(tool, fit.value) } : fit;
    },
  };
}
