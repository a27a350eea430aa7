import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Session } from '../../src/extension/session.ts';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import { composeEngine } from '../../src/compose.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { scripted } from '../support/workbench.ts';

const WRITES = { calls: [{ name: 'write_file', args: { path: 'b.txt', content: 'b\n' } }] };

/** A run that a window left behind with a question open. */
async function interruptedIn(base: string, task: string): Promise<string> {
  const node = await partsUnder(base, { folders: [join(base, 'work')] });
  const engine = composeEngine(node.parts);
  const run = engine.send(task, scripted([WRITES]));
  await expect.poll(() => engine.view().approvals.length, { timeout: 30_000 }).toBe(1);
  await engine.interrupt('The window was closed or reloaded.');
  await run;
  await node.evidence[Symbol.asyncDispose]();
  return engine.view().run?.id ?? '';
}

/** A window's session over the same folders. */
function window(base: string): Promise<Session> {
  return Session.open({
    folders: [join(base, 'work')],
    environment: {
      PATH: process.env['PATH'],
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
    },
    version: 'test',
    editor: NO_EDITOR,
    home: join(base, 'home'),
  });
}

const offered = (session: Session): string[] => session.panel().interrupted.map(({ task }) => task);

test('a dismissed run is offered no more, in this window, in another, and after a restart; the log says who did it', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  const run = await interruptedIn(base, 'dismissed');
  await interruptedIn(base, 'kept');
  const other = await window(base);
  {
    await using session = await window(base);
    expect(offered(session)).toEqual(['kept', 'dismissed']);
    await session.dismiss(run);
    expect(offered(session)).toEqual(['kept']);
    const [event] = (await session.runs()).filter((one) => one.run === run);
    expect(event).toMatchObject({ state: 'interrupted', isDismissed: true });
  }
  expect(offered(other)).toEqual(['kept', 'dismissed']); // until it looks
  await other.refreshInterrupted();
  expect(offered(other)).toEqual(['kept']);
  await other[Symbol.asyncDispose]();
  await using later = await window(base);
  expect(offered(later)).toEqual(['kept']);
});

test('it can still be resumed, and is offered again when that is interrupted too', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  const run = await interruptedIn(base, 'come back');
  {
    await using session = await window(base);
    await session.dismiss(run);
    const resumed = session.resume(run, scripted([WRITES]));
    await expect.poll(() => session.engine.view().approvals.length, { timeout: 30_000 }).toBe(1);
    await session.engine.interrupt('The window was closed or reloaded.');
    await resumed;
  }
  await using later = await window(base);
  expect(offered(later)).toEqual(['come back']);
});
