import { expect, test } from 'vitest';
import { playChaos, WIRES, type Wire } from '../support/chaosTable.ts';

// The same over thousands of turns, with another seed each time: `npm run chaos-table`.
test.each(Object.keys(WIRES) as Wire[])(
  '%s: whatever a model and its server do wrong, nothing is done unasked or unrecorded',
  async (wire) => {
    const result = await playChaos(wire, { seed: 20_261_129, turns: 60 });
    expect(result.problems).toEqual([]);
    expect(result.turns).toBeGreaterThanOrEqual(60);
    for (const kind of ['asked_again', 'started', 'answered', 'decided'])
      expect(result.events[kind] ?? 0, kind).toBeGreaterThan(0);
  },
);
