import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { BACKOFF, type Backoff } from '../../src/core/agent/waits.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { Model, ModelEvent, ModelRequest } from '../../src/core/models/port.ts';
import type { LookUp } from '../../src/node/egress/judgedAddress.ts';
import type { NodeParts } from '../../src/node/engineParts.ts';
import { ApprovalSchema, type Answer, type Approval } from '../../src/shared/approval.ts';
import type { LimitQuestion } from '../../src/shared/limitQuestion.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { partsUnder } from './partsUnder.ts';
import { plant, temporaryFolder } from './tree.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

/** What a scripted model says in one turn. Words are scripted, effects never. */
export interface Turn {
  text?: string;
  calls?: { name: string; args?: unknown; raw?: string }[];
}

export type Script = readonly Turn[] | ((request: ModelRequest, turn: number) => Turn | Promise<Turn>);

/** A model that says what the test wants; after the script's end it says "done". */
export function scripted(script: Script): Model {
  let turn = 0;
  return {
    provider: 'demo',
    label: 'scripted',
    isScripted: true,
    destination: 'nowhere',
    async *stream(request): AsyncIterable<ModelEvent> {
      const next = typeof script === 'function' ? await script(request, turn) : script[turn];
      turn += 1;
      yield { type: 'text', text: next?.text ?? (next?.calls ? '' : 'done') };
      for (const [index, call] of (next?.calls ?? []).entries())
        yield {
          type: 'call',
          call: { id: `c${turn}_${index}`, name: call.name, arguments: call.raw ?? JSON.stringify(call.args ?? {}) },
        };
      yield { type: 'end', end: { why: 'finished' } };
    },
  };
}

export interface Workbench {
  /** The workspace folder. */
  folder: string;
  data: string;
  config: string;
  home: string;
  engine: Engine;
  node: NodeParts;
  /** Runs a script, or a model of one's own, to its end; returns the log's events of that run. */
  run(script: Script | Model, task?: string): Promise<AuditRecord[]>;
  /** Every approval that was shown, in order. */
  asked: Approval[];
  /** Every question at a limit. */
  atLimits: LimitQuestion[];
}

export interface WorkbenchOptions {
  files?: Record<string, string>;
  /** Text of the user's policy. */
  userPolicy?: string;
  environment?: Record<string, string>;
  /**
   * How a person answers; by default everything is approved, and nothing that appeared is theirs. What a card does not
   * show is approved by its count.
   */
  answer?: (approval: Approval) => Answer | undefined;
  /** Whether a run goes on over a limit, where a person is asked; by default it does not. */
  goesOn?: (question: LimitQuestion) => boolean;
  change?: (node: NodeParts) => void;
  /** Who says where names lead. */
  lookUp?: LookUp;
}

/** Servers are asked again as often as ever, and at once. */
export const QUICK: Backoff = { ...BACKOFF, firstMs: 2, longestMs: 20, lastWordMs: 2000 };

/** A real engine on a real folder: real files, sandbox, SQLite log and checkpoints; only the model is scripted. */
export async function workbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const base = await temporaryFolder();
  const [folder, config, home] = [join(base, 'work'), join(base, 'config'), join(base, 'home')];
  await plant(folder, { 'README.md': 'hello\n', ...options.files });
  await plant(home, { '.keep': '' });
  if (options.userPolicy !== undefined) await plant(join(config, 'oversign'), { 'policy.yaml': options.userPolicy });
  const node = await partsUnder(base, { folders: [folder], environment: options.environment, lookUp: options.lookUp });
  node.parts.backoff = QUICK;
  options.change?.(node);
  const engine = composeEngine(node.parts);
  const asked: Approval[] = [];
  const atLimits: LimitQuestion[] = [];
  const seen = new Set<string>();
  engine.onChange(() => {
    const { limit } = engine.view();
    if (limit && !seen.has(limit.id)) {
      seen.add(limit.id);
      atLimits.push(limit);
      const choice = options.goesOn?.(limit) === true ? 'go-on' : 'stop';
      queueMicrotask(() => engine.answerLimit(limit.id, choice, IN_EDITOR));
    }
    for (const approval of engine.view().approvals) {
      if (seen.has(approval.id)) continue;
      seen.add(approval.id);
      ApprovalSchema.parse(approval); // the panel reads nothing else
      asked.push(approval);
      const answer = options.answer ? options.answer(approval) : approving(approval);
      if (!answer) continue;
      const unseen = unseenLines(approval.card.blocks);
      const given = { ...(unseen > 0 && { unseen }), ...answer };
      queueMicrotask(() => engine.answer(approval.id, approval.digest, given, IN_EDITOR));
    }
  });
  onTestFinished(async () => {
    await engine.stop('the test ended');
    await node.audit[Symbol.asyncDispose]();
  });
  return {
    folder,
    data: node.folders.data,
    config: node.folders.config,
    home,
    engine,
    node,
    asked,
    atLimits,
    async run(script, task = 'do it') {
      engine.newRun();
      await engine.send(task, isModel(script) ? script : scripted(script));
      return node.audit.events(engine.view().run?.id ?? '');
    },
  };
}

export function approving({ card }: Approval): Answer {
  return { choice: card.kind === 'appeared' ? 'deny' : 'approve' };
}

function isModel(script: Script | Model): script is Model {
  return 'stream' in script;
}

/** The outcome of each action of a run, in the order of its replies: the last `finished` status, or `denied`. */
export function outcomes(events: readonly AuditRecord[]): string[] {
  const byAction = new Map<string, string>();
  for (const { action, type, data } of events) {
    if (action === undefined) continue;
    if (type === 'decided')
      byAction.set(action, data['verdict'] === 'deny' ? `denied:${String(data['rule'])}` : 'open');
    if (type === 'answered' && data['choice'] === 'deny') byAction.set(action, 'denied:person');
    if (type === 'finished') {
      const { status, cause } = data;
      byAction.set(action, cause === undefined ? String(status) : `${String(status)}:${String(cause)}`);
    }
  }
  const order = turnsOf(events).flatMap(({ actions }) => actions.map(({ id }) => id));
  return order.flatMap((id) => byAction.get(id) ?? []);
}
