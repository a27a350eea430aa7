import { once } from 'node:events';
import { AuditClient } from '../../src/node/audit/auditClient.ts';

// Claims a folder for a run in the log of a data folder (`claimChild.ts DATA FOLDER RUN`), says what came of it, and has
// it until its standard input ends.
const [, , data = '', folder = '', run = ''] = process.argv;
await using audit = await AuditClient.open(data);
process.stdout.write(`${JSON.stringify(await audit.claim([folder], run))}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await audit.release(run);
