import { expect, test } from 'vitest';
import { biggestFolder } from '../../src/node/sandbox/biggestFolder.ts';

test('the deepest folder with half of all entries is named', () => {
  const sizes = new Map([
    ['/w', 3],
    ['/w/src', 40],
    ['/w/build', 1],
    ['/w/build/out', 2],
    ['/w/build/out/a', 300],
    ['/w/build/out/b', 300],
  ]);
  expect(biggestFolder(['/w'], sizes)).toBe('/w/build/out');
  expect(
    biggestFolder(
      ['/w', '/v'],
      new Map([
        ['/w', 1],
        ['/v', 1],
        ['/v/x', 9],
      ]),
    ),
  ).toBe('/v/x');
  expect(biggestFolder(['/w'], new Map())).toBe(undefined);
});
