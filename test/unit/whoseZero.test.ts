import { expect, test } from 'vitest';
import { bashParser } from '../../src/core/command/bash.ts';
import { whoseZero } from '../../src/core/command/whoseZero.ts';

const parser = await bashParser();

test.each([
  ['npm test 2>&1 | tail -5', 'of `tail`, the last of the pipe'],
  ['cd app && npm test | grep -c ok', 'of `grep`'],
  ['ls; make | tee log', 'of `tee`'],
  ['a | { b; c; }', 'of what stands last'],
  ['npm test || true', 'with `|| true` at its end: it is 0'],
  ['a | b || :', 'with `|| :` at its end'],
])('%s: a zero says less than it seems', (line, words) => {
  expect(whoseZero(line, parser)).toContain(words);
});

test.each([
  ...['npm test', 'a && b', 'set -o pipefail; npm test | tail', 'set -euo pipefail\nmake | tee log', 'a | b && c'],
  ...['! a | grep b', 'a | b || c', 'a | b &', 'if a | b; then c; fi', '', '(', 'a && true', '(a | b)'],
])('%s: nothing is said', (line) => {
  expect(whoseZero(line, parser)).toBeUndefined();
});
