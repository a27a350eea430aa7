import { wayInForce } from '../core/policy/ways.ts';
import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { commandsProblem, policyRefusal } from '../core/tools/confinement.ts';
import { limitRecord } from '../core/sandbox/limitWords.ts';
import { sandboxSpec } from '../core/sandbox/spec.ts';
import type { Sandbox } from '../core/sandbox/port.ts';
import type { Engine } from '../core/engine/engine.ts';
import { boundsOf, limitsOf } from '../core/tools/runner.ts';
import { verdictWords, type Verdict } from '../core/audit/verdict.ts';
import { checklistOf } from '../core/checklist/checklist.ts';
import type { ChecklistFacts } from '../core/checklist/facts.ts';
import { reviewFacts } from '../core/checklist/reviewed.ts';
import { sarifOf } from '../core/checklist/sarif.ts';
import type { Evidence } from '../node/audit/evidence.ts';
import { MOST_KEPT } from '../node/checkpoint/keptVersions.ts';
import { maximumPrivacy } from '../core/policy/privacy.ts';
import type { EffectivePolicy } from '../core/policy/merge.ts';
import { originText } from '../shared/decision.ts';
import { PRIVACY_MEANS } from '../shared/privacyMeans.ts';
import { carrierOf, carrierWords, unusedProxyWords } from '../node/egress/proxies.ts';
import { nodeParts, type NodeParts } from '../node/engineParts.ts';
import { placeFacts } from '../node/checklist/placeFacts.ts';
import { sizeText } from '../node/sandbox/limits.ts';
import { checklistWords, type CheckItem } from '../shared/checklist.ts';
import { WAY_WORDS } from '../shared/wayWords.ts';
import { visibleLine } from '../shared/visible.ts';
import { exitCode, type ExitName } from './exitCodes.ts';
import { errorWords, exitOf } from './faults.ts';
import { writeObject } from './jsonObject.ts';

interface Item {
  name: string;
  ok: boolean;
  words: string;
  /** Which fault it is, where it is one that every command knows. */
  fault?: ExitName;
}

export interface DoctorOptions {
  workspace: string;
  json: boolean;
  /** The security checklist alone, as pipelines read it (SARIF 2.1.0). */
  sarif: boolean;
  /** What is open in the checklist counts, too. */
  strict: boolean;
  version: string;
}

/**
 * `oversign doctor`: workspace, policy, sandbox and log, each as it really is, and the security checklist. Ends with the
 * fault of the first that is not right; with `strict`, not well where the checklist has something open.
 */
export async function doctor({ workspace, json, sarif, strict, version }: DoctorOptions): Promise<number> {
  const items: Item[] = [];
  let checklist: CheckItem[] = [];
  try {
    const node = await nodeParts({
      folders: [resolve(workspace)],
      environment: process.env,
      version: '',
      editor: NO_EDITOR,
    });
    await using evidence = node.evidence;
    items.push({ name: 'workspace', ok: true, words: node.parts.roots.join(', ') });
    items.push({ name: 'connections', ok: true, words: connectionWords(process.env) });
    const engine = composeEngine(node.parts);
    await engine.interrupted();
    const facts = factsOf(node);
    try {
      const policy = await engine.policy();
      const notes = policy.notes.map((note) => `${note.file}:${note.line}:${note.column}: ${note.message}`);
      items.push({ name: 'policy', ok: true, words: ['valid', ...notes].join('; ') });
      const { way } = wayInForce(undefined, policy);
      facts.policy = { ok: true, policy, scope: (await engine.profile()).scope, way };
      items.push({ name: 'way of working', ok: true, words: `${WAY_WORDS[way].name}: ${WAY_WORDS[way].about}` });
      items.push(privacyItem(policy, process.env));
      const status = await node.sandbox.chosen(policy.backend.value).status(limitsOf(policy));
      facts.sandbox = status;
      if (policyRefusal(policy) === undefined) await engine.noteSandbox(status);
      items.push({
        name: 'sandbox',
        ok: status.works,
        words: status.works ? status.words : `${status.cause} ${status.fix}`,
      });
      const chosen = node.sandbox.chosen(policy.backend.value);
      const beside = await chosen.beside?.(node.parts.roots, policy.repositoryAbove.value);
      for (const words of beside?.words ?? []) items.push({ name: 'beside the workspace', ok: true, words });
      items.push(...(await obstacleItems(engine, chosen)));
      for (const probe of status.probes ?? [])
        items.push({
          name: 'self-test',
          ok: probe.outcome === 'held',
          words: `a command could not ${probe.name}`,
          ...(probe.outcome === 'failed' && { words: `a command could ${probe.name} ${probe.words ?? ''}`.trim() }),
        });
      if (status.works)
        for (const limit of status.limits) items.push({ name: 'limit', ok: true, words: limitRecord(limit) });
      for (const left of await engine.finishBrokenOff()) items.push({ name: 'left behind', ok: false, words: left });
      for (const folder of node.sandbox.brokenOffElsewhere(node.parts.roots))
        items.push({
          name: 'left behind',
          ok: false,
          words: `a command in ${folder} was broken off, and nobody has looked at what it left: oversign doctor --workspace ${folder}`,
        });
      await engine.notePolicy(policy);
      const problem = await commandsProblem(policy, node.parts);
      items.push({
        name: 'commands',
        ok: problem === undefined,
        words:
          problem ??
          (policy.sandbox.value
            ? 'can be run; those that do more than look ask'
            : 'run OUTSIDE the sandbox by your policy (sandbox: false); each asks'),
      });
    } catch (error) {
      if (!facts.policy.ok) facts.policy = { ok: false, words: errorWords(error) };
      items.push({ name: 'policy', ok: false, words: errorWords(error), fault: exitOf(error) });
    }
    for (const { name, ok, words } of await evidence.states()) items.push({ name, ok, words });
    const verdict = await verified(evidence);
    facts.log = verdict ? { verdict, checked: Date.now() } : 'none';
    items.push(...logItems(verdict));
    items.push(...(await keptItems(node)));
    facts.review = await reviewFacts(node.audit, node.parts.roots);
    checklist = checklistOf({ ...facts, now: Date.now() });
  } catch (error) {
    const fault = exitOf(error);
    items.push({ name: fault === 'log' ? 'audit log' : 'workspace', ok: false, words: errorWords(error), fault });
  }
  if (sarif) process.stdout.write(`${JSON.stringify(sarifOf(checklist, version), undefined, 2)}\n`);
  else {
    for (const item of items)
      if (json) writeObject('check', item);
      else process.stdout.write(`${item.ok ? 'ok   ' : 'FAIL '} ${item.name}: ${visibleLine(item.words)}\n`);
    printChecklist(checklist, json);
  }
  const wrong = items.find(({ ok }) => !ok);
  if (wrong) return exitCode(wrong.fault ?? 'failed');
  return exitCode(strict && checklist.some(({ state }) => state === 'fail') ? 'failed' : 'done');
}

const MARKS: Record<CheckItem['state'], string> = { pass: 'ok   ', advice: 'hint ', fail: 'OPEN ', unknown: '?    ' };

function printChecklist(checklist: readonly CheckItem[], json: boolean): void {
  if (checklist.length === 0) return;
  if (json) {
    for (const item of checklist) writeObject('check-item', item);
    return;
  }
  const lines = checklist.map(({ id, state, title, words, fix }) => {
    const more = state === 'pass' || fix === undefined ? '' : ` ${fix}`;
    return `${MARKS[state]} ${id}: ${visibleLine(`${title}. ${words}${more}`)}`;
  });
  process.stdout.write(`\nSecurity checklist: ${checklistWords(checklist)}\n${lines.join('\n')}\n`);
}

/** What the checklist is told before anything is known of policy, sandbox and log. */
function factsOf({ parts: { roots, home }, organizationPolicy }: NodeParts): ChecklistFacts {
  const { synced, ...place } = placeFacts(roots, process.env, organizationPolicy);
  return {
    ...place,
    policy: { ok: false, words: '' },
    ...{ sandbox: undefined, log: undefined, review: undefined, now: Date.now() },
    workspace: { roots, home, isTrusted: undefined, synced },
  };
}

/** What stands in the way of commands here, whatever they are; what is held in another way than it looks. */
async function obstacleItems(engine: Engine, sandbox: Sandbox): Promise<Item[]> {
  const { policy, scope } = await engine.profile();
  const spec = sandboxSpec({
    launch: {
      argv: ['true'],
      cwd: scope.roots[0] ?? '/',
      environment: {},
      workspace: 'writable',
      secrets: 'visible',
    },
    rules: scope,
    bounds: boundsOf(policy),
    streams: { outputCap: 0 },
  });
  const found = await sandbox.obstacles?.(spec, new AbortController().signal);
  const items = (found?.words ?? []).map((words) => ({ name: 'in the workspace', ok: true, words }));
  return found?.refusal === undefined
    ? items
    : [{ name: 'in the workspace', ok: false, words: found.refusal }, ...items];
}

/** Whether Maximum privacy is on, and what holds it up; off is nothing wrong. */
function privacyItem(policy: EffectivePolicy, environment: NodeJS.ProcessEnv): Item {
  const name = 'maximum privacy';
  const origin = maximumPrivacy(policy);
  if (!origin) return { name, ok: true, words: 'off: privacy: maximum in a policy, or --privacy maximum, turns it on' };
  const carrier = carrierOf(environment);
  if (carrier !== undefined)
    return { name, ok: false, words: `on, and no prompt is sent: ${carrier} carries every connection elsewhere` };
  return { name, ok: true, words: `on (${originText(origin)}): ${PRIVACY_MEANS.join('; ')}` };
}

/** How whatever Oversign sends gets there. */
function connectionWords(environment: NodeJS.ProcessEnv): string {
  const carried = carrierWords(environment);
  if (carried !== '') return `what Oversign sends is carried by another.${carried}`;
  return `what Oversign sends goes straight to the address that is named.${unusedProxyWords(environment) || ' No proxy is used.'}`;
}

async function keptItems({ keptVersions }: NodeParts): Promise<Item[]> {
  const { runs, bytes, trees } = await keptVersions.count();
  const words = `earlier versions of files that ${runs} ${runs === 1 ? 'run' : 'runs'} changed take ${sizeText(bytes)}; the oldest go when they are over undo.size (audit.retention.size, or ${sizeText(MOST_KEPT)}, where it says none), and those of a run with oversign erase --run RUN`;
  const copies = `copies of ${trees.workspaces} ${trees.workspaces === 1 ? 'workspace' : 'workspaces'} take ${sizeText(trees.bytes)}; they go when no command ran there for a month, and with oversign erase`;
  return [
    { name: 'kept versions', ok: true, words },
    { name: 'undo of commands', ok: true, words: copies },
  ];
}

/** Undefined where no one has written to it yet: that is no fault. */
async function verified(evidence: Evidence): Promise<Verdict | undefined> {
  return evidence.verify(new AbortController().signal, undefined, { mustAll: true });
}

function logItems(verdict: Verdict | undefined): Item[] {
  if (!verdict) return [];
  return [
    {
      name: 'audit log',
      ok: verdict.state === 'whole' || verdict.state === 'unsigned',
      words: verdictWords(verdict, new Date()).join(' '),
    },
  ];
}
