import { appendFileSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { withLock } from '../../src/node/process/lock.ts';

// Takes a lock again and again (`lockChild.ts LOCK LOG TURNS`) and writes down when it came in and when it left.
const [, , lock = '', log = '', turns = '0'] = process.argv;
for (let turn = 0; turn < Number(turns); turn += 1)
  await withLock(lock, async () => {
    appendFileSync(log, `in ${process.pid}\n`);
    if (turn % 3 === 0) await breathe();
    appendFileSync(log, `out ${process.pid}\n`);
  });
