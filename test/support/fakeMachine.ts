import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { vi } from 'vitest';
import { PACKAGE_MANAGERS } from '../../src/shared/packageManagers.ts';
import type { ManagerName } from '../../src/shared/systemPackages.ts';
import type { Machine } from '../../scripts/machine/prepare.ts';

export interface FakeMachine {
  machine: Machine;
  /** What was asked of the package manager and of sudo, a line for each start. */
  asked(): string[];
  /** Everything that was said to the person. */
  said(): string;
  questions: string[];
  /** Puts a program there that writes down what it is asked, and then does this (bash). */
  program(name: string, behaviour: string): void;
  /** Puts a program there that calls itself this version. */
  put(name: string, version: string): void;
}

/**
 * A machine in a folder: its programs are the ones put there, its package manager writes down what it is asked and
 * then runs `behaviour` (bash; `$BIN` is the folder, `$@` what was asked), its sudo does what it is told.
 */
export function fakeMachine(folder: string, changes: Partial<Machine> = {}, behaviour = INSTALLS): FakeMachine {
  const bin = join(folder, 'bin');
  const log = join(folder, 'asked');
  mkdirSync(bin);
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const logged = (name: string, text: string): void => {
    script(name, `echo "${name} $*" >> '${log}'\nBIN='${bin}'\n${text}`);
  };
  const manager: ManagerName | undefined = 'manager' in changes ? changes.manager : 'apt';
  if (manager !== undefined) logged(PACKAGE_MANAGERS[manager].program, behaviour);
  logged('sudo', '[ "$1" = -v ] && exit; [ "$1" != -n ] || shift; [[ "$1" != --preserve-env=* ]] || shift; exec "$@"');
  vi.stubEnv('PATH', [bin, process.env['PATH'] ?? ''].join(delimiter));
  const said: string[] = [];
  const questions: string[] = [];
  return {
    machine: {
      platform: 'linux',
      isRoot: false,
      isTerminal: false,
      mayInstall: true,
      places: [bin],
      manager,
      sudo: join(bin, 'sudo'),
      pauseSeconds: 0,
      say: (line) => said.push(line),
      ask: (question) => {
        questions.push(question);
        return Promise.resolve('');
      },
      ...changes,
    },
    asked: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    said: () => said.join('\n'),
    questions,
    program: logged,
    put: (name, version) => script(name, `echo "${name} ${version}"`),
  };
}

/** Puts a program of a new version there for each package that is asked for. */
export const INSTALLS = `for word in "$@"; do case "$word" in
  bubblewrap) program=bwrap ;; postgresql) program=pg_ctlcluster ;; python3|python) program=python3 ;; ripgrep) program=rg ;; iproute2|iproute) program=ip ;;
  chromium|git|gcc|make|debootstrap) program=$word ;; *) continue ;;
esac
printf '#!/bin/bash\\necho "%s 999.0"\\n' "$program" > "$BIN/$program"; chmod 755 "$BIN/$program"; done`;
