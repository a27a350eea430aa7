import { SANDBOX_EVENTS } from '../../shared/noRun.ts';
import type { AuditLog } from '../audit/port.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { SandboxStatus } from '../sandbox/port.ts';

/** Records how the sandbox's test of itself came out, once for each test. */
export class SandboxRecord {
  readonly #audit: AuditLog;
  readonly #redactor: Redactor;
  #seen = '';

  constructor(audit: AuditLog, redactor: Redactor) {
    this.#audit = audit;
    this.#redactor = redactor;
  }

  async note(status: SandboxStatus): Promise<void> {
    const { probes = [] } = status;
    const held = probes.filter(({ outcome }) => outcome === 'held').length;
    const words = status.works ? status.words : `${status.cause} ${status.fix}`.trim();
    const seen = JSON.stringify([status.works, words, probes]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    await this.#audit.append({
      type: 'self_test',
      run: SANDBOX_EVENTS,
      data: { works: status.works, held, failed: probes.length - held },
      payload: { words: this.#redactor.text(words) },
    });
  }
}
