import { expect, test } from 'vitest';
import type { PermitSending } from '../../src/core/egress/port.ts';
import type { Model } from '../../src/core/models/port.ts';
import { workbench } from '../support/workbench.ts';

/** A model that asks the door as a real one does, and says something once it was let through. */
function modelAt(origin: string, isLocal: boolean): Model {
  return {
    provider: 'openai',
    label: 'somewhere',
    destination: `Prompts go to ${origin}.`,
    async *stream(_request, permit: PermitSending) {
      await permit({ origin, method: 'POST', path: '/v1', bytes: 10, isLocal });
      yield { type: 'text' as const, text: 'hello' };
      yield { type: 'end' as const, end: { why: 'finished' as const } };
    },
  };
}

test('model.allow_cloud: false lets nothing go to another machine, and says which line says so', async () => {
  const bench = await workbench({ userPolicy: 'model:\n  allow_cloud: false\n' });
  const events = await bench.run(modelAt('https://api.example.org', false));
  expect(bench.engine.view().run).toMatchObject({ state: 'failed' });
  expect(bench.engine.view().run?.reason).toMatch(/no prompt go to another machine .*policy\.yaml:2:16/);
  expect(events.some(({ type }) => type === 'egress')).toBe(false);
  const local = await bench.run(modelAt('http://127.0.0.1:11434', true));
  expect(local.filter(({ type }) => type === 'egress')).toHaveLength(1);
  expect(bench.engine.view().run).toMatchObject({ state: 'finished' });
});

test('a workspace may forbid it, and cannot allow what the user forbids', async () => {
  const bench = await workbench({
    files: { '.oversign/policy.yaml': 'model: {allow_cloud: true}\n' },
    userPolicy: 'model: {allow_cloud: false}\n',
  });
  await bench.run(modelAt('https://api.example.org', false));
  expect(bench.engine.view().run).toMatchObject({ state: 'failed' });
});
