import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Cancelled, Changed, Failure, kindOfError, LimitReached, Refusal } from '../../src/core/outcome.ts';
import { Forbidden } from '../../src/core/scope/guard.ts';
import { ModelFailure, type Model } from '../../src/core/models/port.ts';
import { workbench } from '../support/workbench.ts';

test('four kinds of bad end', () => {
  const decision = { verdict: 'deny', rule: 'scope', reason: 'no', origin: { layer: 'built-in' } } as const;
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });
  for (const error of [new Failure('x'), new Changed('x'), new ModelFailure('x'), full])
    expect(kindOfError(error)).toBe('failure');
  for (const error of [new Refusal('x'), new Forbidden(decision)]) expect(kindOfError(error)).toBe('refusal');
  for (const error of [new Cancelled('x'), new LimitReached('x')]) expect(kindOfError(error)).toBe('cancellation');
  const usage = Object.assign(new TypeError('bad argument'), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const error of [new Error('x'), new TypeError('x'), usage, 'x', undefined])
    expect(kindOfError(error)).toBe('bug');
});

function throwing(error: Error): Model {
  const fail = (): never => {
    throw error;
  };
  return { provider: 'demo', label: 'broken', destination: 'nowhere', stream: fail } as unknown as Model;
}

describe('a run that ends by', () => {
  const heardOf = async (error: Error): Promise<{ heard: unknown[]; state: string | undefined; types: string[] }> => {
    const bench = await workbench();
    const heard: unknown[] = [];
    bench.engine.onBug = (bug) => heard.push(bug);
    await bench.engine.send('do it', throwing(error));
    const run = bench.engine.view().run;
    const events = run ? await bench.node.audit.events(run.id) : [];
    return { heard, state: run?.state, types: events.map(({ type }) => type) };
  };

  test('a bug: it is recorded as ever, and the one handler hears of it', async () => {
    const bug = new TypeError('x is not a function');
    const { heard, state, types } = await heardOf(bug);
    expect(heard).toEqual([bug]);
    expect(state).toBe('failed');
    expect(types).toContain('error');
    expect(types.at(-1)).toBe('run_finished');
  });

  test('control: a refusal: nobody hears of a bug', async () => {
    const { heard, state } = await heardOf(new Refusal('not today'));
    expect([heard, state]).toEqual([[], 'failed']);
  });
});

describe('on the command line', () => {
  const told = (error: string, debug = ''): string => {
    const code = `import { Failure } from './src/core/outcome.ts'; import { tellError } from './src/cli/faults.ts'; tellError(${error});`;
    const args = ['--input-type=module', '--eval', code];
    return spawnSync(process.execPath, args, { encoding: 'utf8', env: { NODE_DEBUG: debug } }).stderr;
  };

  test('a failure is a sentence, a bug says that it is one, and its stack comes for who asks', () => {
    expect(told("new Failure('the disk is full')", 'oversign')).toBe('oversign: the disk is full\n');
    expect(told("new TypeError('x is none')")).toMatch(
      /^oversign: x is none\noversign: This is a fault of Oversign: .*\n$/,
    );
    expect(told("new TypeError('x is none')", 'oversign')).toMatch(/\n *at /);
  });
});
