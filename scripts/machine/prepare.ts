/** Before anything else: what does this machine lack for what is about to be done, and may it be installed? */
import { createInterface } from 'node:readline/promises';
import { lineFor } from '../../src/shared/packageManagers.ts';
import { programsFor, type ManagerName, type Purpose, type SystemProgram } from '../../src/shared/systemPackages.ts';
import { installPrograms } from './install.ts';
import { findManager, isProgram, missingOf, PLACES, type Missing } from './look.ts';
import { listOf } from './words.ts';

/** What could not be had without a person: the line to type was said, and nothing was done. */
export const EXIT_TYPE_A_LINE = 3;

export interface Machine {
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** A person is there to answer. */
  isTerminal: boolean;
  mayInstall: boolean;
  /** Where programs are looked for. */
  places: readonly string[];
  manager: ManagerName | undefined;
  sudo: string | undefined;
  /** Between two tries while another program holds the package manager's lock. */
  pauseSeconds: number;
  say: (line: string) => void;
  ask: (question: string) => Promise<string>;
}

/** This machine, as `npm start` and `npm test` find it. */
export function thisMachine(words: readonly string[] = process.argv.slice(2), environment = process.env): Machine {
  const wish = environment['OVERSIGN_NO_INSTALL'] ?? '';
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    isTerminal: process.stdin.isTTY && process.stdout.isTTY,
    mayInstall: !words.includes('--no-install') && (wish === '' || wish === '0'),
    places: PLACES,
    manager: findManager(),
    sudo: PLACES.map((place) => `${place}/sudo`).find(isProgram),
    pauseSeconds: 3,
    say: (line) => console.log(line),
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        // Input that ends is no answer, and no answer is no.
        const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('no')));
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
  };
}

/**
 * Looks, says in one list what is missing, and has it installed: as root at once, by a person at a terminal after one
 * question and through sudo. Otherwise says the line to type.
 *
 * @returns what is still missing, which is what the machine's package manager does not have, or all of it where nothing
 *   may be installed; or `stop`, where somebody has to type the line first.
 */
export async function prepareMachine(purpose: Purpose, machine: Machine): Promise<Missing[] | 'stop'> {
  if (machine.platform !== 'linux') return [];
  const missing = missingOf(programsFor(purpose), machine.places);
  if (missing.length === 0) return [];
  const programs = missing.map(({ program }) => program);
  machine.say(listOf(missing, purpose, machine.manager));
  if (!machine.mayInstall) {
    machine.say(`Nothing is installed, as was wished. ${byHand(programs, machine)}`);
    return missing;
  }
  const { manager } = machine;
  if (manager === undefined || !(await isAllowed(machine))) {
    machine.say(`${byHand(programs, machine)}\nTo go on without: npm ${purpose} -- --no-install`);
    return 'stop';
  }
  const problem = await installPrograms(programs, { ...machine, manager });
  const left = missingOf(programs, machine.places);
  if (problem !== undefined) machine.say(problem);
  if (left.length === 0) return [];
  // Only what the package manager does not have is gone on without: one that was interrupted may call that a success.
  if (problem === undefined || left.length === missing.length) {
    machine.say(
      `${byHand(
        left.map(({ program }) => program),
        machine,
      )}\nTo go on without: npm ${purpose} -- --no-install`,
    );
    return 'stop';
  }
  machine.say(`Goes on without ${left.map(({ program }) => program.name).join(', ')}.`);
  return left;
}

async function isAllowed({ isRoot, isTerminal, sudo, ask }: Machine): Promise<boolean> {
  if (isRoot) return true;
  if (!isTerminal || sudo === undefined) return false;
  return /^(|y|yes)$/i.test((await ask('Install it now, with sudo? [Y/n] ')).trim());
}

/** The one line to type, as this account can type it. */
function byHand(programs: readonly SystemProgram[], { manager, isRoot, sudo }: Machine): string {
  if (manager === undefined)
    return 'No package manager that is known here (apt, dnf, pacman, zypper, apk): install it in your system’s way.';
  return `To install it:\n\n  ${lineFor(programs, manager, { isRoot, hasSudo: sudo !== undefined })}\n`;
}
