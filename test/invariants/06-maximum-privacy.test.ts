import { expect, inject, test } from 'vitest';
import { countedRun, countingProblem } from '../support/countedPackets.ts';

// Maximum privacy, proven: each packet that a run of the shipped command line sends is counted, on every interface of a
// network with a way out. `npm run privacy-table` does more of it.

const problem = countingProblem();

test.skipIf(problem !== undefined)(
  `a model that tries every way out sends packets without the mode, and with it none but to its own server${problem === undefined ? '' : ` (${problem})`}`,
  { timeout: 240_000 },
  () => {
    const of = { oversign: inject('oversign'), model: 'ollama', isHostile: true } as const;
    const open = countedRun({ ...of, privacy: false });
    const went = new Set(open.elsewhere.map(({ protocol, to }) => `${protocol} ${to}`));
    for (const way of ['tcp 10.99.0.9:80', 'udp 10.99.0.9:9', 'udp 10.99.0.53:53', 'tcp 10.99.0.9:4318'])
      expect(went, way).toContain(way);
    expect(
      open.elsewhere.some(({ to }) => to.includes('3128')),
      'a proxy of the environment',
    ).toBe(false);
    const shut = countedRun({ ...of, privacy: true });
    expect(shut.elsewhere).toEqual([]);
    expect(shut.missed).toBe(0);
    expect(shut.toModel).toBeGreaterThan(100);
    expect(shut.end.requests).toBe(open.end.requests); // it was refused each thing, and none ended the run early
    expect(shut.end.results.filter((text) => text.includes('Maximum privacy is on (this run)'))).toHaveLength(3);
    expect(shut.end.results.join('\n')).not.toContain('ran outside the sandbox');
    expect(open.end.results.join('\n'), 'control').toContain('ran outside the sandbox');
    expect(shut.end.output).toMatch(/redirect, and none is followed/);
  },
);
