/**
 * A process that kills itself before its n-th step with files or databases, in the middle of something.
 * Arguments: data folder, what it does (create, append, erase, index), n.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const [data = '', what = '', step = '0'] = process.argv.slice(2);
const { AuditStore } = await import('../../src/node/audit/store.ts');
const { identityOf } = await import('../../src/node/process/identity.ts');
const owner = identityOf(process.pid);

let left = Number(step);
function counted(holder: object, names: readonly string[]): void {
  const methods = holder as Record<string, (...args: unknown[]) => unknown>;
  for (const name of names) {
    const real = methods[name];
    if (!real) continue;
    methods[name] = function (this: unknown, ...args: unknown[]): unknown {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return real.apply(this, args);
    };
  }
}
counted(DatabaseSync.prototype, ['exec', 'close']);
counted(StatementSync.prototype, ['run', 'get', 'all']);
counted(fs, ['renameSync', 'linkSync', 'unlinkSync', 'writeFileSync', 'mkdirSync', 'chmodSync', 'fsyncSync']);
syncBuiltinESMExports();

const store = new AuditStore(join(data, 'audit.db'), owner);
if (what === 'erase') store.erase({ scope: 'run', run: 'run-000001' });
else if (what === 'index') while (store.advance() > 0);
else {
  store.claim(['/work'], 'run-9');
  store.append({ type: 'notice', run: 'run-9', data: {}, payload: { text: 'first' } });
}
store.close();
