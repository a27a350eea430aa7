import { AgentRun } from '../agent/run.ts';
import type { Clock } from '../agent/runClock.ts';
import type { RunParts } from '../agent/runParts.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import type { AuditLog, RunStore } from '../audit/port.ts';
import { ScriptWatch } from '../flow/scriptWatch.ts';
import { policyDigest } from '../lab/policyRecord.ts';
import type { Model } from '../models/port.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { BrokenOff, FolderRules } from '../sandbox/port.ts';
import { callPartsOf, markedFolders, workingFolder, type CallPorts } from './callParts.ts';
import type { LeftBehind } from './leftBehind.ts';
import { maskVariables } from './maskedVariables.ts';
import type { PolicyInForce } from './policyInForce.ts';
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
  newId(): string;
  version: string;
  /** User and host, for a run's first event. */
  who: RunParts['who'];
}

/** What the runs of one engine have in common. */
interface Shared extends Pick<RunParts, 'onChange' | 'onBug'> {
  policy: PolicyInForce;
  desk: ApprovalDesk;
  redactor: Redactor;
  leftBehind: LeftBehind;
}

/** Makes a new run, or goes on with one of the log, under the policy as it is now. */
export async function openRun(
  model: Model,
  stored: Ready | undefined,
  { ports, shared }: { ports: CallPorts & RunPorts; shared: Shared },
): Promise<AgentRun> {
  const { roots, audit, clock, version, who, hash, environment } = ports;
  const { policy, desk, redactor, leftBehind, onChange, onBug } = shared;
  const id = stored?.run ?? ports.newId();
  const folder = workingFolder(roots);
  const folders = await markedFolders(ports);
  const start = await policy.read();
  await policy.note(start, true);
  maskVariables(redactor, environment, start); // before the task is shown, sent or recorded
  for (const value of await ports.foundCredentials()) redactor.addFound(value);
  const scriptWatch = new ScriptWatch(stored !== undefined);
  const own = { id, folder, goesTo: model.destination, scriptWatch, start, folders };
  const calls = callPartsOf({ ...own, note: (now) => policy.note(now, true) }, ports, { policy, redactor });
  return new AgentRun(
    {
      ...{ id, folder, folders, model, audit, store: audit, clock, calls, scriptWatch, who },
      ...{ desk, redactor, onChange, onBug },
      newId: () => ports.newId(),
      inSandbox: async (run, work) => {
        await leftBehind.finish();
        await ports.inSandbox(run, work);
      },
      facts: { version, policy: policyDigest(start, hash) },
    },
    stored,
  );
}
