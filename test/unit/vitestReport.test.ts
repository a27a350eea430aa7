import { describe, expect, test } from 'vitest';
import { counted, fileEnds, toRunAgain, withSecondLook, type FileEnd } from '../support/vitestReport.ts';

const file = (path: string, ...statuses: FileEnd['tests'][number]['status'][]): FileEnd => ({
  path,
  seconds: 1,
  tests: statuses.map((status, at) => ({
    name: `${path} ${at}`,
    status,
    message: status === 'failed' ? 'why\nat' : '',
  })),
});

describe('a second look', () => {
  test('counts in place of the first, and is named with why', () => {
    const first = [file('test/node/a.test.ts', 'passed', 'failed'), file('test/node/b.test.ts', 'passed')];
    expect(toRunAgain(first).map(({ path }) => path)).toEqual(['test/node/a.test.ts']);
    const { files, remarks } = withSecondLook(first, [file('test/node/a.test.ts', 'passed', 'passed')]);
    expect(counted(files)).toEqual({ passed: 3, failed: 0, skipped: 0, remarks: [] });
    expect(remarks).toEqual([
      'run once more, alone, because at first it failed: test/node/a.test.ts: test/node/a.test.ts 1 (why)',
    ]);
  });

  test('that fails again is a failure', () => {
    const first = [file('test/node/a.test.ts', 'failed', 'passed')];
    const { files } = withSecondLook(first, [file('test/node/a.test.ts', 'passed', 'failed')]);
    expect(counted(files)).toMatchObject({ passed: 1, failed: 1 });
  });

  test('that says nothing leaves the first as it was', () => {
    const first = [file('test/node/a.test.ts', 'failed', 'passed')];
    expect(counted(withSecondLook(first, []).files)).toMatchObject({ passed: 1, failed: 1 });
  });

  test.each(['test/invariants/05-x.test.ts', 'test/sandbox/attacks.test.ts', 'test/sandbox/attacks-traps.test.ts'])(
    'is not given to a guarantee: %s',
    (path) => {
      expect(toRunAgain([file(path, 'failed')])).toEqual([]);
    },
  );

  test('is given to a guarantee whose process crashed, and not to a file that cannot be loaded', () => {
    const crashed = { ...file('test/invariants/05-x.test.ts'), unbegun: '' };
    expect(toRunAgain([crashed, { ...file('test/unit/b.test.ts'), unbegun: 'SyntaxError' }])).toEqual([crashed]);
  });

  test('is not given where many fail', () => {
    expect(toRunAgain(Array.from({ length: 9 }, (_, at) => file(`test/unit/${at}.test.ts`, 'failed')))).toEqual([]);
  });
});

test('a report is read: what passed, failed, was left out, could not begin', () => {
  const one = (name: string, status: string, statuses: string[], message = ''): object => ({
    name: `/r/test/unit/${name}`,
    startTime: 0,
    endTime: 1500,
    status,
    message,
    assertionResults: statuses.map((each) => ({ status: each, fullName: each, failureMessages: [] })),
  });
  const testResults = [
    one('a.test.ts', 'failed', ['passed', 'failed', 'pending', 'skipped', 'todo']),
    one('b.test.ts', 'failed', [], 'SyntaxError'),
  ];
  expect(counted(fileEnds(JSON.stringify({ testResults }), '/r'))).toEqual({
    passed: 1,
    failed: 2,
    skipped: 3,
    remarks: [
      'failed: failed',
      'skipped: pending',
      'skipped: skipped',
      'skipped: todo',
      'failed: test/unit/b.test.ts could not begin: SyntaxError',
    ],
  });
  expect(fileEnds('{}', '/r')).toEqual([]);
});
