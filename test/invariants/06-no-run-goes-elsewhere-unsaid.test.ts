import { expect, test } from 'vitest';
import { scripted, workbench } from '../support/workbench.ts';

test('what is meant for a run begins no other one: neither with another model, nor with the same one elsewhere', async () => {
  const bench = await workbench();
  await bench.run([{ text: 'hello' }]);
  const first = bench.engine.view().run?.id ?? '';
  const asked: unknown[] = [];
  const model = scripted((request) => {
    asked.push(request);
    return { text: 'again' };
  });
  const elsewhere = { ...model, destination: 'To two.example.' };
  await expect(bench.engine.send('go on', { ...model, label: 'other' }, first)).rejects.toThrow('begin a new run');
  await expect(bench.engine.send('go on', elsewhere, first)).rejects.toThrow('begin a new run. To two.example.');
  await expect(bench.engine.send('go on', model, 'another run')).rejects.toThrow('begin a new run');
  expect(asked).toEqual([]);
  await bench.engine.send('go on', model, first); // control
  expect(bench.engine.view().run?.id).toBe(first);
  await bench.engine.send('anew', elsewhere); // nothing is meant: a new run, for what was read stays where it was
  expect(bench.engine.view().run?.id).not.toBe(first);
  expect(asked).toHaveLength(2);
});
