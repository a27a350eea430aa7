/** What `help` says of a command. */
export interface Page {
  /** How it is called, without `oversign`, each with what it does then. */
  forms: readonly (readonly [form: string, about: string])[];
  /** What it takes besides `--json` and `--help`, as people write it. */
  options?: readonly (readonly [option: string, about: string])[];
  /** What `--json` writes. */
  json: string;
  /** Command lines that work as they stand, and what for. */
  examples: readonly (readonly [line: string, about: string])[];
}

export const ONE = 'one object';
export const LINES = 'one object a line';

export const WORKSPACE = ['--workspace DIR', 'the workspace folder (default: the current one)'] as const;
export const WAY = [
  '--look | --ask | --review',
  'only look and plan; ask before changes; or review them at the end (oversign review)',
] as const;
