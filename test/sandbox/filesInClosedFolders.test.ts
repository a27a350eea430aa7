import { afterAll, beforeAll, expect, test } from 'vitest';
import { ordinaryAccount, type OrdinaryAccount } from '../support/ordinaryAccount.ts';

// Who may write into a folder need not let anybody list it.

const LIMITS = { diskBytes: 16 * 1024 ** 2 };

const into = (mode: string): string => `/usr/bin/python3 - <<'PY'
import os, time
for i in range(30000):
    if i % 1000 == 0:
        os.mkdir(f'd{i}')
        os.chmod(f'd{i}', ${mode})
    os.close(os.open(f'd{i - i % 1000}/{i}', os.O_CREAT | os.O_WRONLY))
end = time.monotonic() + 20
while time.monotonic() < end: time.sleep(0.05)
PY`;

let account: OrdinaryAccount;
beforeAll(async () => {
  account = await ordinaryAccount('oversign-closed');
});
afterAll(() => account.close());

test('entries in folders that nobody may list end a command, too', { timeout: 90_000 }, async () => {
  const [open] = await account.run([into('0o700'), 'chmod -R u+rwx d*; rm -rf d*'], { limits: LIMITS });
  expect(open?.ending).toEqual({ kind: 'limit', limit: 'files' });
  const [closed] = await account.run([into('0o300')], { limits: LIMITS });
  expect(closed?.ending).toEqual({ kind: 'limit', limit: 'files' });
});
