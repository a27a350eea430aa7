import { AuditClient } from '../node/audit/auditClient.ts';
import { ownFolders } from '../node/folders.ts';
import { jsonLine } from '../terminal/jsonLine.ts';

/** `oversign verify`: checks the hash chain and names the first event that does not fit. */
export async function verify(json: boolean): Promise<number> {
  await using audit = await AuditClient.open(ownFolders(process.env).data);
  const result = await audit.verify();
  const words = result.ok
    ? `The chain of ${result.events} events is whole${result.erased > 0 ? `; the texts of ${result.erased} of them are gone` : ''}. A cut-off end or a log replaced as a whole would not be noticed: this version has no outside witness.`
    : `Event ${result.firstBad ?? 0} does not fit: ${result.problem ?? ''}. The ${result.events} events before it do.`;
  process.stdout.write(json ? `${jsonLine(result)}\n` : `${words}\n`);
  return result.ok ? 0 : 1;
}
