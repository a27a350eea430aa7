import { SANDBOX_EVENTS } from '../../shared/noRun.ts';
import type { AuditLog, AuditReader } from '../audit/port.ts';
import { PolicyInvalid } from '../policy/policyInvalid.ts';
import { changedBy } from '../audit/changed.ts';
import { changedEvent } from '../audit/changedEvent.ts';
import type { Checkpoints } from '../checkpoint/port.ts';
import { commandPlace } from '../tools/commandPlace.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { firstSentences } from '../sandbox/remarks.ts';
import type { BrokenOff, FolderRules } from '../sandbox/port.ts';
import type { PolicyInForce } from './policyInForce.ts';

export interface LeftBehindParts {
  ports: {
    audit: AuditLog & Pick<AuditReader, 'events'>;
    checkpoints: Pick<Checkpoints, 'finishBrokenOff' | 'recorded'>;
    finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]>;
  };
  policy: PolicyInForce;
  redactor: Redactor;
}

/** What commands left whose process was gone before it could be looked through. */
export class LeftBehind {
  readonly #parts: LeftBehindParts;

  constructor(parts: LeftBehindParts) {
    this.#parts = parts;
  }

  /**
   * Looks through it, and records it under its runs. Returns what was found, for people. With a policy that cannot be
   * read nothing is known to be protected: it waits, and so does every run.
   */
  async finish(): Promise<string[]> {
    const { ports, redactor } = this.#parts;
    let found: BrokenOff[];
    try {
      found = await ports.finishBrokenOff(() => this.#rules());
    } catch (error) {
      if (error instanceof PolicyInvalid) return [];
      throw error;
    }
    const said: string[] = [];
    for (const { run, folder, began, quarantined, left } of found) {
      const words = [...firstSentences(quarantined, 'were set aside'), ...firstSentences(left, 'were left')];
      await ports.audit.append({
        type: 'left_behind',
        run: run ?? SANDBOX_EVENTS,
        data: { began, quarantined: quarantined.length, left: left.length },
        payload: { folder: redactor.text(folder), words: words.map((one) => redactor.text(one)) },
      });
      if (words.length > 0) said.push(`${whose(run)}, begun ${began}, was broken off: ${words.join(' ')}`);
    }
    await this.#recordChanges();
    return said;
  }

  /** What commands had changed whose process was gone before it could say so: after what they left was looked through. */
  async #recordChanges(): Promise<void> {
    const { ports, policy, redactor } = this.#parts;
    const rules = await policy.profile().catch(() => undefined);
    if (!rules) return; // nobody knows what is kept from the agent: it waits
    for (const { of, changes } of await ports.checkpoints.finishBrokenOff(commandPlace(rules, undefined))) {
      const events = (await ports.audit.events(of.run)).filter(({ action }) => action === of.action);
      const { type, data, payload } = changedEvent(changes);
      const isOpen = events.some((event) => event.type === 'started') && changedBy(events) === undefined;
      if (isOpen) await ports.audit.append({ type, ...of, data, payload: redactor.json(payload) });
      await ports.checkpoints.recorded(of);
    }
  }

  async #rules(): Promise<FolderRules> {
    const { scope } = await this.#parts.policy.profile();
    return {
      folders: scope.roots,
      isHidden: (path) => scope.isHidden(path),
      isDenied: (path) => scope.isDenied(path),
      isProtected: (path) => scope.isProtected(path),
      isAboveProtected: (path) => scope.isAboveProtected(path),
    };
  }
}

function whose(run: string | undefined): string {
  return run === undefined ? 'A command in the sandbox' : `A command of run ${run}`;
}
