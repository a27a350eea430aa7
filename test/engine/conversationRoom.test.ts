import { expect, test } from 'vitest';
import { conversationFull } from '../../src/core/agent/conversationRoom.ts';
import { saved, savedMessages } from '../../src/core/agent/storedRun.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { outcomes, workbench } from '../support/workbench.ts';

test('a model whose calls, turn after turn, are as long as calls may be: the run ends at that limit', async () => {
  const bench = await workbench({ userPolicy: 'max_iterations: 100\n' });
  const events = await bench.run((_request, turn) =>
    turn > 20
      ? { text: 'the control: nothing ended it' }
      : { calls: [{ name: 'write_file', args: { path: '../x', content: `${turn}`.padEnd(5_000_000, 'z') } }] },
  );
  expect(outcomes(events)).toHaveLength(4);
  const end = events.find(({ type }) => type === 'run_finished');
  expect(end?.data).toMatchObject({ state: 'limit', turns: 4 });
  expect(end?.payload?.['reason']).toMatch(
    /^The conversation of this run has 200\d+ characters, more than the 16000000/,
  );
  const stored = events.findLast(({ type }) => type === 'conversation')?.data['bytes'];
  expect(stored).toBeLessThan(21_000_000);
});

test('texts, names, ids and arguments count; what is not too long goes on', () => {
  const calls = [{ id: 'ab', name: 'cd', arguments: 'efg' }];
  const messages = [
    { role: 'user' as const, text: 'hij' },
    { role: 'assistant' as const, text: 'k', calls },
  ];
  expect(conversationFull(messages, 11)).toBeUndefined();
  expect(conversationFull(messages, 10)).toMatch(/has 11 characters, more than the 10 /);
});

test('a run is stored as JSON has it, members that are undefined left out', () => {
  const state = {
    ...{ task: 't', folder: '/w', folders: [{ path: '/w' }], turn: 1, contentOf: ['/w/a'], flags: NO_FLAGS },
    queued: ['more'],
  };
  const messages = [{ role: 'tool' as const, call: 'c', name: 'n', text: 'x', ended: undefined }];
  expect(Object.keys(savedMessages(messages)[0] ?? {})).toEqual(['role', 'call', 'name', 'text']);
  expect(saved(state)).toEqual({ version: 3, ...state });
});
