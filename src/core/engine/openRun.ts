import type { Way } from '../../shared/wayWords.ts';
import { AgentRun } from '../agent/run.ts';
import { RunWay } from '../agent/runWay.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { RunRequests } from '../presence/elsewhere.ts';
import type { Presence } from '../presence/presence.ts';
import type { Clock } from '../clock.ts';
import { BACKOFF, type Backoff } from '../agent/waits.ts';
import type { LimitDesk } from '../agent/atLimits.ts';
import type { RunParts } from '../agent/runParts.ts';
import type { PlaceOf } from '../../shared/answered.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import { askPerson, type PersonDesk } from '../agent/askPerson.ts';
import type { AuditLog, RunStore } from '../audit/port.ts';
import { ScriptWatch } from '../flow/scriptWatch.ts';
import { policyDigest } from '../lab/policyRecord.ts';
import type { Answerer, MachineFacts } from '../briefing/port.ts';
import type { Model } from '../models/port.ts';
import type { BrokenOff, FolderRules } from '../sandbox/port.ts';
import { callPartsOf, markedFolders, workingFolder, type CallPorts, type RunOwn, type Shared } from './callParts.ts';
import type { LeftBehind } from './leftBehind.ts';
import { maskVariables } from './maskedVariables.ts';
import type { Ready } from './storedRuns.ts';

/** The ports of a run beside those of its calls. */
export interface RunPorts {
  audit: AuditLog & RunStore;
  /** Looks through what commands left whose process was gone before it could (core/sandbox/port.ts). */
  finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]>;
  /** Credentials that stand in the workspace's git configuration: masked wherever the model would read them. */
  foundCredentials(): Promise<readonly string[]>;
  /** Does the work of a run between the sandbox's `begin` and its end. */
  inSandbox(run: string, work: () => Promise<void>): Promise<void>;
  clock: Clock;
  /** From 0 up to 1. */
  random(): number;
  /** How a server that failed is asked again, where it is not as usual (tests). */
  backoff?: Backoff | undefined;
  newId(): string;
  version: string;
  /** User and host, for a run's first event. */
  who: RunParts['who'];
  /** Where the person is who wants this process's runs, where one is known to be. */
  here?: PlaceOf | undefined;
  /** Whether they can see it; and what others of the same account want of runs. */
  presence: Presence;
  /** What models are told of the machine, and of who answers their questions. */
  machine: MachineFacts;
  answerer: Answerer;
  requests: RunRequests;
}

/** What the runs of one engine have in common. */
interface SharedByRuns extends Shared, Pick<RunParts, 'onChange' | 'onBug'> {
  desk: ApprovalDesk;
  limitDesk: LimitDesk;
  questions: PersonDesk;
  leftBehind: LeftBehind;
}

/** What a person chose for a run: the model, and the way, where they chose one. */
export interface Chosen {
  model: Model;
  way: Way | undefined;
}

/** Makes a new run, or goes on with one of the log, under the policy as it is now. */
export async function openRun(
  { model, way: chosen }: Chosen,
  stored: Ready | undefined,
  { ports, shared }: { ports: CallPorts & RunPorts; shared: SharedByRuns },
): Promise<AgentRun> {
  const { roots, audit, clock, version, who, here, hash, environment, presence, requests, machine, answerer } = ports;
  const { policy, desk, limitDesk, questions, redactor, leftBehind, onChange, onBug } = shared;
  const id = stored === undefined || stored.forked !== undefined ? ports.newId() : stored.run;
  const folder = workingFolder(roots);
  const folders = await markedFolders(ports);
  const start = await policy.read();
  await policy.note(start, true);
  maskVariables(redactor, environment, start); // before the task is shown, sent or recorded
  for (const value of await ports.foundCredentials()) redactor.addFound(value);
  const scriptWatch = new ScriptWatch(stored !== undefined);
  const way = new RunWay(chosen ?? stored?.past.way, start);
  const talk: RunOwn['talk'] = {
    askPerson: (question, signal) => {
      const waiting = (isWaiting: boolean): void => {
        run.waiting(isWaiting, signal);
      };
      return askPerson(question, { questions, redactor, id, newId: () => ports.newId(), waiting }, signal);
    },
    showPlan: (plan) => {
      run.showPlan(plan);
    },
  };
  const own = {
    id,
    folder,
    goesTo: () => run.goesTo.destination,
    takesImages: () => run.takesImages,
    scriptWatch,
    start,
    folders,
    talk,
    way: (now: EffectivePolicy) => way.inForce(now),
  };
  const calls = callPartsOf({ ...own, note: (now) => policy.note(now, true) }, ports, shared);
  const run: AgentRun = new AgentRun(
    {
      ...{ id, folder, folders, model, way, audit, store: audit, clock, calls, scriptWatch, who, presence, requests },
      ...{ machine, answerer },
      ...{ desk, limitDesk, redactor, onChange, onBug },
      newId: () => ports.newId(),
      random: () => ports.random(),
      backoff: ports.backoff ?? BACKOFF,
      inSandbox: async (run, work) => {
        await leftBehind.finish();
        await ports.inSandbox(run, work);
      },
      facts: { version, policy: policyDigest(start, hash), ...here },
    },
    stored,
  );
  return run;
}
