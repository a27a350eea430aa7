/** What the tree and the history are narrowed to. Every part that is there must be met somewhere in the run. */
export interface RunFilter {
  /** Words; the last may be the beginning of one. */
  text?: string;
  decision?: Decision;
  tool?: string;
  effect?: string;
  /** A path or a part of one, in whole names. */
  path?: string;
  /** Where something was sent: a host, or an origin such as https://host:port. */
  host?: string;
}

/** What the policy said, or a person. */
export type Decision = 'allow' | 'ask' | 'deny' | 'approved' | 'refused';
export const DECISIONS: readonly Decision[] = ['allow', 'ask', 'deny', 'approved', 'refused'];

export function isEmpty(filter: RunFilter): boolean {
  return Object.values(filter).every((value) => value === undefined || value === '');
}
