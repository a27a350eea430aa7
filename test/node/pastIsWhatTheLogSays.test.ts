import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { pastOf } from '../../src/core/agent/past.ts';
import { toldAsLogged } from '../../src/core/agent/toldAgain.ts';
import type { Message } from '../../src/core/models/port.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { ActionOutcome } from '../../src/shared/actionOutcome.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { temporaryFolder } from '../support/tree.ts';

type Step = Pick<NewEvent, 'type' | 'data' | 'payload'>;

const digest = 'a'.repeat(64);
const proposed: Step = { type: 'proposed', data: { tool: 't' }, payload: { title: 'do it' } };
const decided = (verdict: 'allow' | 'ask' | 'deny'): Step => ({
  ...{ type: 'decided', data: { verdict, rule: 'r' } },
  payload: { decision: { reason: 'so' } },
});
const asked: Step = { type: 'asked', data: { approval: 'a', digest, shown: digest } };
const answered = (choice: string, by: 'person' | 'nobody' | 'cancelled' | 'limit'): Step => ({
  ...{ type: 'answered', data: { approval: 'a', choice, by } },
});
const started: Step = { type: 'started', data: { tool: 't', effect: 'read' } };
const finished = (status: 'done' | 'failed' | 'denied' | 'cancelled'): Step => ({
  ...{ type: 'finished', data: { status, durationMs: 1 }, payload: { output: status } },
});

/** Everything that a call can come to, step by step, and what that is. */
const WAYS: readonly (readonly [ActionOutcome, ...Step[]])[] = [
  ['denied', proposed, decided('deny')],
  [
    ...(['failed', proposed] as const),
    { type: 'finished', data: { status: 'failed', durationMs: 0, cause: 'not-possible' }, payload: { output: 'no' } },
  ],
  ['denied', proposed, decided('ask'), asked, answered('deny', 'person')],
  ['denied', proposed, decided('ask'), asked, answered('deny', 'nobody')],
  ['unanswered', proposed, decided('ask'), asked, answered('deny', 'cancelled')],
  ['unanswered', proposed, decided('ask'), asked, answered('deny', 'limit')],
  ['cancelled', proposed, decided('allow'), finished('cancelled')],
  [
    ...(['interrupted', proposed, decided('allow')] as const),
    { type: 'interrupted', data: { after: 'proposed', effect: 'did not happen' } },
  ],
  ...(['done', 'failed', 'denied', 'cancelled'] as const).flatMap((status): [ActionOutcome, ...Step[]][] => [
    [status, proposed, decided('allow'), started, finished(status)],
    [status, proposed, decided('ask'), asked, answered('approve', 'person'), started, finished(status)],
    // It changed while the person looked, and was asked again.
    [
      ...([status, proposed, decided('ask'), asked, answered('approve', 'person')] as const),
      ...([proposed, decided('ask'), asked, answered('approve', 'person'), started, finished(status)] as const),
    ],
  ]),
];

/** What a call that was killed after so many of its steps has come to. */
function cutShort(steps: readonly Step[]): ActionOutcome {
  if (steps.some(({ type }) => type === 'started')) return 'unknown';
  return steps.at(-1)?.type === 'asked' ? 'unanswered' : 'interrupted';
}

const ENDS: Record<ActionOutcome, string> = {
  ...{ done: 'done', reverted: 'done', failed: 'failed', denied: 'denied', cancelled: 'cancelled' },
  ...{ unanswered: 'cancelled', interrupted: 'interrupted', unknown: 'interrupted' },
};

const turns = fc.array(fc.array(fc.constantFrom(...WAYS), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
});

test('killed between any two steps, every call is shown and told as the log has it', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  const dead = new AuditStore(file, { ...identityOf(process.pid), start: 'another' });
  const next = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    dead.close();
    next.close();
  });
  let runs = 0;
  fc.assert(
    fc.property(turns, fc.nat(), fc.boolean(), (script, end, isLastSaved) => {
      const run = `run-${(runs += 1)}`;
      const all = stepsOf(script);
      const done = all.slice(0, end % (all.length + 1));
      expect(dead.claim([`/w/${run}`], run)).toEqual({ ok: true });
      const facts = { version: '1', policy: digest, provider: 'demo', model: 'm' };
      const payload = { task: 'do it', folder: '/w', destination: 'nowhere', user: 'u', host: 'h' };
      dead.append({ type: 'run_started', run, data: facts, payload });
      for (const { at, ...step } of done) dead.append({ ...step, run, ...(at !== '' && { action: at }), turn: 1 });
      expect(next.recover()).toContain(run);
      const events = next.events(run);

      const truth = truthOf(script, done);
      const entries = pastOf(events).entries.flatMap((one) => (one.kind === 'action' ? [[one.id, one.status]] : []));
      expect(entries).toEqual([...truth]);
      for (const [id, status] of entries)
        if (status === 'done')
          expect(events).toContainEqual(
            expect.objectContaining({
              type: 'finished',
              action: id,
              data: expect.objectContaining({ status: 'done' }) as object,
            }),
          );

      const stored = messagesOf(script, done, isLastSaved);
      const told = toldAsLogged(stored, events);
      const calls = stored.flatMap((one) => (one.role === 'assistant' ? one.calls.map(({ id }) => id) : []));
      const results = told.flatMap((one) => (one.role === 'tool' ? [one] : []));
      expect(results.map(({ call }) => call)).toEqual(calls);
      for (const { call, ended } of results) expect(ended).toBe(ENDS[truth.get(call) ?? 'interrupted']);
    }),
    { numRuns: 60 },
  );
});

type Placed = Step & { at: string };
type Script = readonly (readonly (typeof WAYS)[number][])[];

function stepsOf(script: Script): Placed[] {
  return script.flatMap((calls, turn) => [
    { type: 'model_replied', data: { calls: calls.length }, payload: { text: '' }, at: '' } satisfies Placed,
    ...calls.flatMap(([, ...steps], call) => steps.map((step) => ({ ...step, at: `${turn}.${call}` }))),
  ]);
}

function truthOf(script: Script, done: readonly Placed[]): Map<string, ActionOutcome> {
  const truth = new Map<string, ActionOutcome>();
  for (const [turn, calls] of script.entries())
    for (const [call, [outcome, ...steps]] of calls.entries()) {
      const own = done.filter(({ at }) => at === `${turn}.${call}`);
      if (own.length > 0) truth.set(`${turn}.${call}`, own.length === steps.length ? outcome : cutShort(own));
    }
  return truth;
}

/** The conversation as it was stored: a reply before its calls, a result after its call, perhaps not the last. */
function messagesOf(script: Script, done: readonly Placed[], isLastSaved: boolean): Message[] {
  const messages: Message[] = [{ role: 'user', text: 'do it' }];
  let replies = done.filter(({ type }) => type === 'model_replied').length;
  if (done.at(-1)?.type === 'model_replied' && !isLastSaved) replies -= 1;
  for (const [turn, calls] of script.slice(0, replies).entries()) {
    const ids = calls.map((_, call) => `${turn}.${call}`);
    messages.push({ role: 'assistant', text: '', calls: ids.map((id) => ({ id, name: 't', arguments: '{}' })) });
    for (const [call, [outcome, ...steps]] of calls.entries()) {
      const id = ids[call] ?? '';
      const own = done.filter(({ at }) => at === id).length;
      const isSaved = own === steps.length && (isLastSaved || done.at(-1)?.at !== id);
      const ended = ENDS[outcome] as 'done';
      if (isSaved) messages.push({ role: 'tool', call: id, name: 't', text: outcome, ended });
    }
  }
  return messages;
}

test('a log of an earlier version is read as it is', async () => {
  const folder = await temporaryFolder();
  const old = join(import.meta.dirname, '../fixtures/log-before-signed-ends/audit.db');
  copyFileSync(old, join(folder, 'audit.db'));
  const store = new AuditStore(join(folder, 'audit.db'), identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  const runs = store.runs(10);
  expect(runs.length).toBeGreaterThan(0);
  for (const { run } of runs) {
    const events = store.events(run);
    const { entries } = pastOf(events);
    const actions = entries.flatMap((entry) => (entry.kind === 'action' ? [entry] : []));
    expect(new Set(actions.map(({ id }) => id))).toEqual(new Set(events.flatMap(({ action }) => action ?? [])));
    for (const { id, status } of actions) {
      const isDone = events.some(({ action, data }) => action === id && data['status'] === 'done');
      expect([id, status === 'done']).toEqual([id, isDone]);
    }
    expect(toldAsLogged([{ role: 'user', text: 'do it' }], events)).toEqual([{ role: 'user', text: 'do it' }]);
  }
});
