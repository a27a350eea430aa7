import { SANDBOX_EVENTS } from '../../shared/noRun.ts';
import type { AuditLog } from '../audit/port.ts';
import { PolicyInvalid } from '../policy/policyInvalid.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { firstSentences } from '../sandbox/remarks.ts';
import type { BrokenOff, FolderRules } from '../sandbox/port.ts';

export interface LeftBehindParts {
  finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]>;
  rules(): Promise<FolderRules>;
  audit: AuditLog;
  redactor: Redactor;
}

/**
 * Looks through what commands left whose process was gone before it could, and records it under their runs. Returns what
 * was found, for people. With a policy that cannot be read nothing is known to be protected: it waits, and so does every run.
 */
export async function finishLeftBehind(parts: LeftBehindParts): Promise<string[]> {
  const { audit, redactor } = parts;
  let found: BrokenOff[];
  try {
    found = await parts.finishBrokenOff(() => parts.rules());
  } catch (error) {
    if (error instanceof PolicyInvalid) return [];
    throw error;
  }
  const said: string[] = [];
  for (const { run, folder, began, quarantined, left } of found) {
    const words = [...firstSentences(quarantined, 'were set aside'), ...firstSentences(left, 'were left')];
    await audit.append({
      type: 'left_behind',
      run: run ?? SANDBOX_EVENTS,
      data: { began, quarantined: quarantined.length, left: left.length },
      payload: { folder: redactor.text(folder), words: words.map((one) => redactor.text(one)) },
    });
    if (words.length > 0) said.push(`${whose(run)}, begun ${began}, was broken off: ${words.join(' ')}`);
  }
  return said;
}

function whose(run: string | undefined): string {
  return run === undefined ? 'A command in the sandbox' : `A command of run ${run}`;
}
