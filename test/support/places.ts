import { LEAVES } from '../../src/core/checkpoint/covers.ts';
import type { CommandPlace } from '../../src/core/checkpoint/port.ts';

/** A workspace of one folder in which nothing is kept from anyone. */
export function placeIn(root: string, rules: Partial<CommandPlace> = {}): CommandPlace {
  return {
    roots: [root],
    isKeptFrom: () => false,
    mayCopy: () => true,
    canWrite: () => true,
    shown: (path) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path),
    outside: false,
    covers: { leaves: LEAVES, fileBytes: undefined },
    ...rules,
  };
}
