import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { composeEngine } from '../../src/compose.ts';
import { BACKOFF } from '../../src/core/agent/waits.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { Model } from '../../src/core/models/port.ts';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import type { NodeParts } from '../../src/node/engineParts.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { anthropicServer } from './anthropicServer.ts';
import { chaosScript } from './chaos.ts';
import { Random } from './logWorldRandom.ts';
import type { ModelServer, ServerScript } from './modelServer.ts';
import { ollamaServer } from './ollamaServer.ts';
import { openAiServer } from './openAiServer.ts';
import { partsUnder } from './partsUnder.ts';
import { plant } from './tree.ts';

const MODEL = 'test-model';

/** The wire formats that there are, each with a real server that speaks it. */
export const WIRES = {
  openai: {
    serve: (script) => openAiServer(script),
    model: (baseUrl) => openAiModel({ model: MODEL, baseUrl, apiKey: 'sk-test-key' }),
  },
  anthropic: {
    serve: (script) => anthropicServer(script),
    model: (baseUrl) => anthropicModel({ model: MODEL, baseUrl, apiKey: 'sk-test-key' }),
  },
  ollama: {
    serve: (script) => ollamaServer(script),
    model: (baseUrl) => ollamaModel({ model: MODEL, baseUrl }),
  },
} as const satisfies Record<
  string,
  { serve(script: ServerScript): Promise<ModelServer>; model(baseUrl: string): Model }
>;
export type Wire = keyof typeof WIRES;

export interface ChaosResult {
  wire: Wire;
  seed: number;
  turns: number;
  requests: number;
  /** Questions that were taken back because things had changed. */
  takenBack: number;
  /** What the log has of it: how often each kind of event. */
  events: Record<string, number>;
  /** How the pieces of work ended. */
  ends: Record<string, number>;
  /** Megabytes of the heap, after each tenth of the turns. */
  heap: number[];
  /** What must not be; empty where all is as it should be. */
  problems: string[];
}

/** Longer than anything takes that comes to an end. */
const HANGS_AFTER_MS = 120_000;
const DENY_REASON = 'Not this one, because of § 7.';

/** Plays a model and a server that do everything wrong, until there were so many turns. `told`: after each tenth of them. */
export async function playChaos(
  wire: Wire,
  { seed, turns, told }: { seed: number; turns: number; told?: (soFar: ChaosResult) => void },
): Promise<ChaosResult> {
  const base = await mkdtemp(join(tmpdir(), 'oversign-chaos-'));
  const world = await openWorld(base, wire, seed);
  const { engine, node, server, result } = world;
  try {
    let model = WIRES[wire].model(server.url);
    model = { ...model, contextTokens: 12_000 };
    for (let piece = 0; result.turns < turns && result.problems.length === 0; piece += 1) {
      await withoutHanging(world, () => engine.send(piece === 0 ? 'Do what you can.' : `Go on (${piece}).`, model));
      const { run } = engine.view();
      if (run) world.runs.add(run.id);
      result.ends[run?.state ?? 'none'] = (result.ends[run?.state ?? 'none'] ?? 0) + 1;
      result.turns += run?.turn ?? 0;
      if (result.turns * 10 >= turns * result.heap.length) {
        result.heap.push(heapNow());
        told?.(result);
      }
      // Every bodies that came would be a memory of the test's own.
      result.requests += server.requests.splice(0).length;
    }
    await check(world);
  } finally {
    await engine.stop('the table is done');
    await node.sandbox.close();
    await node.evidence[Symbol.asyncDispose]();
    await server.close();
    await rm(base, { recursive: true, force: true });
  }
  return result;
}

interface World {
  engine: Engine;
  node: NodeParts;
  server: ModelServer;
  folder: string;
  /** All that there were: a model that turns out to be elsewhere is another run's. */
  runs: Set<string>;
  result: ChaosResult;
}

async function openWorld(base: string, wire: Wire, seed: number): Promise<World> {
  const random = new Random(seed);
  const folder = join(base, 'work');
  await plant(folder, {
    ...{ 'README.md': 'hello\n', 'keep.txt': 'keep\n', 'denied/secret.txt': 'SECRET OF THE FOLDER\n' },
    'large.txt': Array.from({ length: 400 }, (_, at) => `line ${at} of a long file`).join('\n'),
  });
  await plant(join(base, 'home'), { '.keep': '' });
  await plant(join(base, 'config', 'oversign'), {
    'policy.yaml': 'max_iterations: 8\ntimeout: 3600\ntools: {file_system: {denied_paths: ["./denied"]}}\n',
  });
  const node = await partsUnder(base, { folders: [folder] });
  node.parts.backoff = { ...BACKOFF, firstMs: 1, longestMs: 5, patienceMs: 500, lastWordMs: 300 };
  const engine = composeEngine(node.parts);
  const result: ChaosResult = {
    ...{ wire, seed, turns: 0, requests: 0, takenBack: 0, events: {}, ends: {}, heap: [] },
    problems: [],
  };
  engine.onBug = (error) =>
    void result.problems.push(`a fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  answering(engine, new Random(seed + 1));
  const stopSoon = (): void => {
    setTimeout(() => void engine.stop('it hangs', { by: 'person', at: 'editor' }), random.int(20, 200));
  };
  const server = await WIRES[wire].serve(chaosScript(random, { faults: 25, takes: 45_000, onHanging: stopSoon }));
  return { engine, node, server, folder, runs: new Set(), result };
}

/**
 * A person who says yes and no as it comes, sometimes with a reason or to be remembered, at once or after a while, so that
 * questions of one reply are answered in any order; and who lets runs go on now and then.
 */
function answering(engine: Engine, random: Random): void {
  const seen = new Set<string>();
  engine.onChange(() => {
    const { approvals, limit } = engine.view();
    if (limit && !seen.has(limit.id)) {
      seen.add(limit.id);
      const choice = random.pick(['go-on', 'stop'] as const);
      queueMicrotask(() => engine.answerLimit(limit.id, choice, IN_EDITOR));
    }
    for (const { id, digest, card, grantOffers } of approvals) {
      if (seen.has(id)) continue;
      seen.add(id);
      const unseen = unseenLines(card.blocks);
      const yes = { choice: 'approve' as const, ...(unseen > 0 && { unseen }) };
      const offer = grantOffers[0]?.id;
      const once = { kind: 'uses', uses: 1 } as const;
      const answer = random.pick([
        ...[yes, yes, yes],
        offer === undefined ? yes : { ...yes, choice: 'approve-and-grant' as const, grant: { offer, until: once } },
        { choice: 'deny' as const },
        { choice: 'deny' as const, reason: DENY_REASON },
      ]);
      const give = (): void => void engine.answer(id, digest, answer, IN_EDITOR);
      const afterMs = random.pick([0, 0, 5, 40]);
      if (afterMs === 0) queueMicrotask(give);
      else setTimeout(give, afterMs);
    }
  });
}

async function withoutHanging({ result, engine }: World, work: () => Promise<void>): Promise<void> {
  const late = new AbortController();
  const hung = pause(HANGS_AFTER_MS, 'hung', { signal: late.signal }).catch(() => 'done');
  const how = await Promise.race([
    work().then(
      () => 'done',
      (error: unknown) => `it threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ),
    hung,
  ]);
  late.abort();
  if (how !== 'done') result.problems.push(how === 'hung' ? `hung, ${JSON.stringify(engine.view().run?.state)}` : how);
}

async function check(world: World): Promise<void> {
  const { engine, node, server, folder, result } = world;
  const events = (await Promise.all([...world.runs].map((run) => node.audit.events(run)))).flat();
  for (const { type, data } of events) {
    result.events[type] = (result.events[type] ?? 0) + 1;
    if (type === 'answered' && data['by'] === 'outdated') result.takenBack += 1;
  }
  result.requests += server.requests.splice(0).length;
  result.problems.push(...server.problems.slice(0, 5).map((problem) => `a bad request: ${problem}`));
  // Some servers are asked about the model, too.
  if ((result.events['egress'] ?? 0) < result.requests)
    result.problems.push(`${result.requests} requests came, and ${result.events['egress'] ?? 0} are recorded`);
  result.problems.push(...withoutDecision(events), ...outOfOrder(events), ...(await withoutRecord(folder, events)));
  for (const path of ['../out.txt', '.git/hooks/post-commit'])
    if (existsSync(join(folder, path))) result.problems.push(`${path} was written`);
  const told = JSON.stringify(await node.audit.loadTranscript(engine.view().run?.id ?? ''));
  if (told.includes('SECRET OF THE FOLDER')) result.problems.push('what is denied was read');
  const present = events.filter(({ run }) => run === engine.view().run?.id);
  const reasons = present.some(({ type, payload }) => type === 'answered' && payload?.['reason'] === DENY_REASON);
  if (reasons && !told.includes(DENY_REASON)) result.problems.push('a reason for denying was lost');
  if (globalThis.gc === undefined) return; // what is not needed any more is counted, too
  const [first = 0, last = 0] = [result.heap[1] ?? result.heap[0], result.heap.at(-1)];
  if (last > first + 60) result.problems.push(`the heap grew from ${first} MB to ${last} MB`);
}

/** Actions that began although nobody and nothing allowed them. */
function withoutDecision(events: readonly AuditRecord[]): string[] {
  const allowed = new Set<string>();
  return events.flatMap(({ type, action = '', data }) => {
    if (type === 'decided') allowed[data['verdict'] === 'allow' ? 'add' : 'delete'](action);
    if (type === 'answered') allowed[String(data['choice']).startsWith('approve') ? 'add' : 'delete'](action);
    return type === 'started' && !allowed.has(action) ? [`action ${action} began undecided`] : [];
  });
}

/** Calls of a reply that began before one that it has before them. */
function outOfOrder(events: readonly AuditRecord[]): string[] {
  const places = new Map<string, number>();
  let reached = 0;
  return events.flatMap(({ type, action = '', data }) => {
    const { call } = data;
    if (type === 'model_replied') reached = 0;
    if (type === 'proposed' && typeof call === 'number') places.set(action, call);
    const place = places.get(action);
    if (type !== 'started' || place === undefined) return [];
    const isEarly = place < reached;
    reached = Math.max(place, reached);
    return isEarly ? [`action ${action} began after one that comes after it`] : [];
  });
}

/** Files that stand there and that no action of the log has written. */
async function withoutRecord(folder: string, events: readonly AuditRecord[]): Promise<string[]> {
  const changed = events
    .filter(({ type }) => type === 'changed')
    .map(({ payload }) => JSON.stringify(payload))
    .join('\n');
  const made = existsSync(join(folder, 'made')) ? await readdir(join(folder, 'made')) : [];
  const denied = (await readdir(join(folder, 'denied'))).filter((name) => name !== 'secret.txt');
  return [
    ...made.filter((name) => !changed.includes(`made/${name}`)).map((name) => `made/${name} has no record`),
    ...denied.map((name) => `denied/${name} was written`),
  ];
}

function heapNow(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

export function chaosText({
  wire,
  seed,
  turns,
  requests,
  takenBack,
  events,
  ends,
  heap,
  problems,
}: ChaosResult): string {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const { asked_again: again = 0, compacted = 0, started = 0, answered = 0, limit_reached: limits = 0 } = events;
  const { decided = 0, changed = 0 } = events;
  return [
    `${wire}, seed ${seed}: ${turns} turns, ${requests} requests, ${again} asked again, ${compacted} times made shorter, ${decided} decisions, ${started} actions, ${changed} changes, ${answered} answers, ${takenBack} of them questions taken back, ${limits} limits`,
    `  ended: ${list(ends)}; heap ${heap.join(' ')} MB`,
    ...problems.map((problem) => `  BAD ${problem}`),
  ].join('\n');
}
