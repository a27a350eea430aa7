/**
 * A process that writes to a log and never comes back: it claims a folder for a run, records some of it, and kills
 * itself. Arguments: data folder, witness file, number of the run, how many events.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditStore } from '../../src/node/audit/store.ts';
import { headLine } from '../../src/node/audit/witness/seenHead.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { eventsOfRun } from './manyEvents.ts';

const [data = '', witness = '', number = '0', events = '0'] = process.argv.slice(2);
const store = new AuditStore(join(data, 'audit.db'), identityOf(process.pid));
const run = eventsOfRun(Number(number), 60);
store.claim([`/somewhere/${number}`], run[0]?.run ?? '');
for (const event of run.slice(0, Number(events))) {
  store.append(event);
  const head = store.takeHead();
  if (head) appendFileSync(witness, headLine(head));
}
process.kill(process.pid, 'SIGKILL');
