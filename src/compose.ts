import type { LimitDesk } from './core/agent/atLimits.ts';
import type { PersonDesk } from './core/agent/askPerson.ts';
import { ApprovalDesk } from './core/approval/desk.ts';
import { QuestionDesk } from './core/approval/questionDesk.ts';
import type { AuditReader } from './core/audit/port.ts';
import { OpenFiles } from './core/editor/openFiles.ts';
import type { CallPorts } from './core/engine/callParts.ts';
import { Engine } from './core/engine/engine.ts';
import { LeftBehind } from './core/engine/leftBehind.ts';
import { openRevert } from './core/engine/openRevert.ts';
import { openRun, type RunPorts } from './core/engine/openRun.ts';
import { PolicyInForce, type PolicyParts } from './core/engine/policyInForce.ts';
import { Reverts } from './core/engine/reverts.ts';
import { Reviews } from './core/engine/reviews.ts';
import { RunDesk } from './core/engine/runDesk.ts';
import { SandboxRecord } from './core/engine/sandboxRecord.ts';
import { StoredRuns } from './core/engine/storedRuns.ts';
import { Trials } from './core/engine/trials.ts';
import type { LookNow } from './core/lab/replay/replayRun.ts';
import type { ReplayWorld } from './core/lab/replay/replayLog.ts';
import { PolicyInvalid } from './core/policy/policyInvalid.ts';
import { isInside } from './core/scope/spelling.ts';
import { Redactor } from './core/redaction/redactor.ts';
import type { Way } from './shared/wayWords.ts';

/** The ports that an engine works through. Entries and tests give real adapters; only the model may be scripted. */
export interface EngineParts extends PolicyParts, CallPorts, RunPorts {
  audit: RunPorts['audit'] & AuditReader;
}

/** Puts an engine together over its ports. */
export function composeEngine(parts: EngineParts): Engine {
  const { roots, audit } = parts;
  const desk = new ApprovalDesk();
  const redactor = new Redactor();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  desk.onChange(changed);
  const limitDesk: LimitDesk = new QuestionDesk(changed);
  const questions: PersonDesk = new QuestionDesk(changed);
  const policy = new PolicyInForce(parts, () => runs.working);
  const onBug = (error: unknown): void => {
    engine.onBug(error);
  };
  const leftBehind = new LeftBehind({ ports: parts, policy, redactor });
  const openFiles = new OpenFiles(parts.editor, () => parts.realPaths());
  const shared = { policy, desk, limitDesk, questions, redactor, openFiles, leftBehind, onChange: changed, onBug };
  const runs: RunDesk = new RunDesk({
    ...{ roots, audit, onChange: changed, requests: parts.requests },
    stored: new StoredRuns({ roots, audit, places: parts.folderPlaces }),
    open: (chosen, stored) => openRun(chosen, stored, { ports: parts, shared }),
  });
  const reverts = new Reverts({
    ...{ roots, audit, desk, redactor },
    ...{ presence: parts.presence, requests: parts.requests },
    newId: () => parts.newId(),
    now: () => parts.clock.monotonic(),
    open: (id, way) => openRevert({ id, way }, { ports: parts, shared }),
    lists: (of, digest) => parts.checkpoints.list(of, digest),
  });
  const reviews = new Reviews({
    ...{ audit, checkpoints: parts.checkpoints },
    open: () => openRevert({ id: 'review' }, { ports: parts, shared }),
  });
  const engine = new Engine({
    ...{ desk, limitDesk, questions, redactor, policy, runs, reverts, reviews, leftBehind },
    sandbox: new SandboxRecord(audit, redactor),
    trials: new Trials(parts, shared, () => runs.way),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return engine;
}

/** Puts together what past runs are decided anew with: engines that have no effect, one for the folders of each run. */
export function composeReplay(
  { look, partsFor, breathe }: ReplayPorts,
  audit: ReplayWorld['audit'],
  way?: Way,
): ReplayWorld {
  return {
    ...{ audit, look, breathe, way },
    open: async (folders) => {
      const parts = await partsFor(folders);
      if ('problem' in parts) return parts;
      try {
        return await composeEngine(parts).again();
      } catch (error) {
        // What is wrong with one folder's own policy says nothing of the others; the one that was named must be valid.
        const isOwn =
          error instanceof PolicyInvalid && error.diagnostics.every(({ file }) => isBelow(file, parts.roots));
        if (isOwn) return { problem: error.message };
        throw error;
      }
    },
  };
}

function isBelow(file: string, roots: readonly string[]): boolean {
  return roots.some((root) => isInside(root, file));
}

interface ReplayPorts {
  look: LookNow;
  partsFor: (folders: readonly string[]) => Promise<EngineParts | { problem: string }>;
  breathe: () => Promise<void>;
}
