import { expect, test } from 'vitest';
import { scripted, workbench } from '../support/workbench.ts';

test('a run that a later version stored is not offered, and is refused in words', async () => {
  const bench = await workbench();
  const interrupted = async (): Promise<string> => {
    await bench.run((_, turn) => {
      if (turn === 1) void bench.engine.interrupt('The window was closed.');
      return turn === 0 ? { calls: [{ name: 'read_file', args: { path: 'README.md' } }] } : {};
    });
    const id = bench.engine.view().run?.id ?? '';
    bench.engine.newRun();
    return id;
  };
  const offered = async (): Promise<string[]> => (await bench.engine.interrupted()).map(({ run }) => run);
  const [own, later] = [await interrupted(), await interrupted()];
  expect((await offered()).sort()).toEqual([own, later].sort()); // the control
  await bench.node.audit.saveTranscript(later, { version: 99, thread: [] });
  expect(await offered()).toEqual([own]);
  await expect(bench.engine.resume(later, scripted([]))).rejects.toThrow(/stored by a later version of Oversign/);
  await bench.engine.resume(own, scripted([]));
  expect(bench.engine.view().run).toMatchObject({ id: own, state: 'finished' });
});
