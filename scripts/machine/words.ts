import { PACKAGE_MANAGERS } from '../../src/shared/packageManagers.ts';
import type { ManagerName, Purpose, SystemProgram } from '../../src/shared/systemPackages.ts';
import type { Missing } from './look.ts';

/** One list of what is missing: what, what for, how big, and what happens without it. */
export function listOf(missing: readonly Missing[], purpose: Purpose, manager: ManagerName | undefined): string {
  const width = Math.max(...missing.map(({ program }) => program.name.length));
  const rows = missing.map(({ program, tooOld }) => {
    const { name, purpose: what, without, size, enough } = program;
    const version = tooOld === undefined ? '' : ` (${tooOld} is here, ${enough ?? ''} or later is needed)`;
    return `  ${name.padEnd(width)}  ${megabytes(size.installed).padStart(6)}  ${what}${version}; without it ${without}`;
  });
  const programs = missing.map(({ program }) => program);
  const untried =
    manager === undefined || PACKAGE_MANAGERS[manager].tried
      ? ''
      : ` Installing with ${PACKAGE_MANAGERS[manager].program} is not tried by this project’s tests.`;
  return [
    `This machine lacks what npm ${purpose} needs:`,
    '',
    ...rows,
    '',
    `About ${downloadOf(programs)} to download, ${installedOf(programs)} on disk (as on a bare Debian 12).${untried}`,
  ].join('\n');
}

export function downloadOf(programs: readonly SystemProgram[]): string {
  return megabytes(programs.reduce((sum, { size }) => sum + size.download, 0));
}

export function installedOf(programs: readonly SystemProgram[]): string {
  return megabytes(programs.reduce((sum, { size }) => sum + size.installed, 0));
}

function megabytes(number: number): string {
  return number < 1 ? '< 1 MB' : `${Math.round(number)} MB`;
}

/** What package managers and npm say, and what that means for people. */
const REASONS: readonly [said: RegExp, words: string][] = [
  [/No space left on device|ENOSPC/, 'The disk is full: make room first (`df -h` shows how much there is).'],
  [
    /Temporary failure resolving|Could not resolve|Could not connect|Network is unreachable|Connection timed out|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT/,
    'The packages’ server cannot be reached: is there a network, and does it need a proxy?',
  ],
];

/** The reason, on a line of its own, where it is one that people can do something about; else nothing. */
export function reasonIn(output: string): string {
  const found = REASONS.find(([said]) => said.test(output));
  return found === undefined ? '' : `\n${found[1]}`;
}
