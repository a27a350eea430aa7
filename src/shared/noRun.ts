import { EVENTS, type NoRun } from './eventTable.ts';

/** Events that belong to no run stand under these names: of the log itself, of policies, of the sandbox’s tests. */
export const LOG_EVENTS = 'log' satisfies NoRun;
export const POLICY_EVENTS = 'policy' satisfies NoRun;
export const SANDBOX_EVENTS = 'sandbox' satisfies NoRun;

const NAMES: ReadonlySet<string> = new Set(
  Object.values(EVENTS).flatMap(({ of }) => of.filter((one) => one !== 'run')),
);

export function isOfRun(name: string): boolean {
  return !NAMES.has(name);
}
