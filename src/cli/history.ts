import { AuditClient } from '../node/audit/auditClient.ts';
import { ownFolders } from '../node/folders.ts';
import { eventLine, runLine } from '../terminal/historyText.ts';
import { jsonLine } from '../terminal/jsonLine.ts';

/** `oversign history [RUN]`: past runs, newest first, or the events of one. */
export async function history(run: string | undefined, json: boolean): Promise<number> {
  await using audit = await AuditClient.open(ownFolders(process.env).data);
  await audit.recover();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (run === undefined) {
    for (const summary of await audit.runs(50)) print(json ? jsonLine(summary) : runLine(summary));
    return 0;
  }
  const events = await audit.events(run);
  if (events.length === 0) {
    process.stderr.write(`oversign: there is no run ${run}\n`);
    return 1;
  }
  for (const event of events) print(json ? jsonLine(event) : eventLine(event));
  return 0;
}
