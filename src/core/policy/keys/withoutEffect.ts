import type { KeyWithoutEffect, WrittenKey } from './policyKey.ts';

/** `inVain`: what to say of a value that a file wants something by. */
export function withoutEffect<const Path extends string>(
  path: Path,
  key: Omit<WrittenKey, 'path'> & { inVain?: (written: unknown) => string | undefined },
): KeyWithoutEffect<Path> {
  return { inVain: () => undefined, ...key, path, hasEffect: false };
}
