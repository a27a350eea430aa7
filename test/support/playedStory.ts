import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { copySample, LAST_WORDS } from './sampleStory.ts';
import { outcomes, workbench, type Workbench } from './workbench.ts';

/** The demo's story, played by a real run with a model that tells it: files, decisions and last words are as they should be. */
export async function playedStory(model: Model): Promise<{ bench: Workbench; events: AuditRecord[] }> {
  const bench = await workbench({
    answer: ({ title }) => (title.includes('rm -rf') ? { choice: 'deny', reason: 'keep it' } : { choice: 'approve' }),
  });
  await copySample(bench.folder);
  const events = await bench.run(model, 'Find the bug');
  expect(bench.engine.view().run?.state).toBe('finished');
  expect(outcomes(events)).toEqual(['done', 'done', 'failed', 'done', 'done', 'denied:person']);
  expect(readFileSync(join(bench.folder, 'src/total.sh'), 'utf8')).toContain('sum + price * count))');
  expect(existsSync(join(bench.folder, 'build/till.js'))).toBe(true);
  const entries = bench.engine.view().run?.entries ?? [];
  expect(entries.findLast((entry) => entry.kind === 'assistant')).toMatchObject({ text: LAST_WORDS, streaming: false });
  return { bench, events };
}
