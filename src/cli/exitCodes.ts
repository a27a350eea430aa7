import type { Fault } from '../shared/fault.ts';

interface Exit {
  code: number;
  /** When a command ends so, as people read it. */
  means: string;
}

/**
 * Every exit code of the command line, in one table: the same fault has the same one in every command. What keeps a command
 * from its work is 64 and above, with the numbers of sysexits(3) where it has a word for it: `sandbox` passes on what
 * its command ends with, and hardly any program ends so.
 */
export const EXITS = {
  done: { code: 0, means: 'done; the answer is yes' },
  failed: { code: 1, means: 'not done, or not all of it; the answer is no' },
  usage: { code: 2, means: 'wrong usage: an option, a word or a value that the command does not take' },
  stopped: { code: 3, means: 'stopped, by whatever' },
  limit: { code: 4, means: 'a limit of the policy was reached' },
  open: {
    code: 5,
    means:
      'run: finished, but something was not done because nobody was there to approve it; verify: nothing wrong found, but the last events are signed by nobody (yet)',
  },
  unchecked: { code: 6, means: 'verify: something that was named cannot be looked at' },
  nothing: { code: 7, means: 'there is no audit log' },
  line: { code: 65, means: 'decide: a line is no tool call (it is denied, and the others are decided)' },
  workspace: { code: 66, means: 'the workspace is not there, or cannot be worked in' },
  run: { code: 67, means: 'there is no such run' },
  model: { code: 69, means: 'the model cannot be reached, or does not answer as it should' },
  bug: { code: 70, means: 'a fault of Oversign' },
  log: { code: 74, means: 'the audit log cannot be opened, read or written' },
  busy: { code: 75, means: 'another run is at work in the folder: try again when it has ended' },
  key: { code: 77, means: "the model's server refuses the key" },
  policy: { code: 78, means: 'the policy is not valid' },
  timeout: { code: 124, means: 'sandbox: the command took too long' },
  notRun: { code: 125, means: 'sandbox: the command was not run' },
  interrupted: { code: 130, means: 'sandbox: stopped, by whatever' },
  killed: { code: 137, means: 'sandbox: the command was killed, by a limit or a signal' },
} as const satisfies Record<Fault, Exit> & Record<string, Exit>;

export type ExitName = keyof typeof EXITS;

export function exitCode(name: ExitName): number {
  return EXITS[name].code;
}

/** The table as lines: a code, and when a command ends so. */
export function exitLines(): string[] {
  return Object.values(EXITS).map(({ code, means }) => `  ${String(code).padStart(3)}  ${means}`);
}
