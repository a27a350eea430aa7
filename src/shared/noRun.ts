/** Events that belong to no run stand under these names: of the log itself, of policies, of the sandbox’s tests. */
export const LOG_EVENTS = 'log';
export const POLICY_EVENTS = 'policy';
export const SANDBOX_EVENTS = 'sandbox';

const NAMES = new Set([LOG_EVENTS, POLICY_EVENTS, SANDBOX_EVENTS]);

export function isOfRun(name: string): boolean {
  return !NAMES.has(name);
}
