import type { Card } from '../../../shared/approval.ts';
import { exactList, type Amount, type Block, type Loss, type Piece, type Words } from '../../../shared/block.ts';
import { counted } from '../../../shared/named.ts';
import type { CommandTimes } from './times.ts';

/** A program's text that a line hands to an interpreter. */
export interface Source {
  /** The language, as people call it, and as highlighters do. */
  label: string;
  language: 'python' | 'javascript';
  text: string;
  /** Where that was found and which version it says it is; undefined where nobody looked. */
  interpreter: string | undefined;
}

/** What is to be said of a command. Of lists, `left` says how much is not in them. */
export interface CommandFacts extends CommandLosses {
  command: string;
  source?: Source;
  cwd: string;
  sandbox: string;
  /** It runs without any sandbox. */
  outside: boolean;
  environment: readonly string[];
  times: CommandTimes;
  limits: readonly string[];
  /** Each program that was found in it, with what is not known about it. */
  programs: readonly ProgramLine[];
  programsLeft: number;
  /** Likely secrets that it could read; `secretsAtLeast`: there may be more than were looked for. */
  secrets: readonly string[];
  secretsLeft: number;
  secretsAtLeast: boolean;
  /** The workspace cannot be changed by it. */
  readOnly: boolean;
  /** Files that say what it does, to which the approval binds. */
  scripts: readonly string[];
  /** Why the approval may not bind all that it uses. */
  unbound?: string | undefined;
  /** Why the agent says that it must change what undo does not cover. */
  need?: string | undefined;
}

export interface ProgramLine {
  words: string;
  doubt?: string;
}

export interface CommandLosses {
  /** What would be lost of what it deletes or overwrites, as far as it says so. */
  losses: readonly { path: string; loss: Loss }[];
  lossesLeft: number;
  /** All that would be lost, where `losses` leaves some out. */
  lossTotal?: Amount;
  unknownLosses: readonly UnknownLoss[];
  unknownLossesLeft: number;
}

/** What it takes away where nobody knows beforehand of which files; `most`: all that stands there, if that is known. */
export interface UnknownLoss {
  program: string;
  does: 'deletes' | 'overwrites' | 'takes away';
  below: string;
  most?: Amount;
}

/** What a command takes away first, then the command, then what it could read and is bound to. */
export function commandCard(facts: CommandFacts): Card {
  const { command, outside, sandbox, unbound, readOnly } = facts;
  const blocks: Block[] = [
    ...(outside ? [{ kind: 'alarm' as const, name: 'outside', words: [sandbox] }] : []),
    ...lossBlocks(facts),
    facts.source
      ? { kind: 'exact', label: facts.source.label, text: facts.source.text, language: facts.source.language }
      : { kind: 'exact', label: 'Command', text: command, prompt: '$' },
    ...(facts.need === undefined ? [] : [{ kind: 'exact' as const, label: 'Why, says the agent', text: facts.need }]),
    ...secretsLine(facts),
    ...(unbound === undefined
      ? []
      : [warning('warning', `It may use files that nobody knows beforehand: ${unbound}.`)]),
    ...(readOnly
      ? [
          {
            kind: 'sentence' as const,
            icon: 'lock',
            tone: 'plain' as const,
            words: ['It cannot change the workspace.'],
          },
        ]
      : []),
    ...behind(facts),
    ...programList(facts),
    whereItRuns(facts),
    environment(facts),
  ];
  return { kind: 'command', blocks };
}

/** It goes on while the agent does other things. */
function behind({ times: { waits, endsAfter } }: CommandFacts): Block[] {
  if (waits !== 0) return [];
  const words = [`Goes on in the background. It ends with this run, after ${seconds(endsAfter)} at the latest.`];
  return [{ kind: 'sentence', icon: 'watch', tone: 'plain', words }];
}

function warning(icon: string, ...words: Piece[]): Block {
  return { kind: 'sentence', icon, tone: 'warning', words };
}

function lossBlocks({ losses, lossesLeft, lossTotal, unknownLosses, unknownLossesLeft }: CommandLosses): Block[] {
  return [
    ...losses.map(({ path, loss }): Block => ({
      kind: 'loss',
      heading: ['Would be lost: ', { exact: path }, ':'],
      loss,
    })),
    ...(lossTotal
      ? [warning('files', `Would be lost: and ${lossesLeft} more; in all `, { amount: lossTotal }, '.')]
      : []),
    ...unknownLosses.map(({ program, does, below, most }) =>
      warning(
        'files',
        'What ',
        { exact: program },
        ` ${does} below `,
        { exact: below },
        ' cannot be known beforehand: ',
        most ? { amount: most, most: true } : { strong: 'nor how much' },
        '.',
      ),
    ),
    ...(unknownLossesLeft > 0
      ? [
          warning(
            'files',
            `And ${counted(unknownLossesLeft, 'more place', 'more places')} where it cannot be known beforehand.`,
          ),
        ]
      : []),
  ];
}

function secretsLine({ secrets, secretsLeft, secretsAtLeast }: CommandFacts): Block[] {
  if (secrets.length === 0) return [];
  const perhaps = secretsAtLeast ? ' and perhaps more' : '';
  const more = secretsLeft > 0 ? ` and ${secretsAtLeast ? 'at least ' : ''}${secretsLeft} more` : perhaps;
  const words: Words = ['It could read likely secrets: ', ...exactList(secrets), ...(more === '' ? [] : [more])];
  return [warning('key', ...words)];
}

function programList({ programs, programsLeft }: CommandFacts): Block[] {
  if (programs.length === 0) return [];
  const items = programs.map(({ words, doubt }): Words =>
    doubt === undefined ? [{ exact: words }] : [{ exact: words }, `: ${doubt}`],
  );
  return [
    {
      kind: 'list',
      name: 'programs',
      title: 'What is in it',
      label: 'In it',
      items,
      left: programsLeft,
      of: 'programs',
    },
  ];
}

function whereItRuns({ cwd, outside, sandbox, scripts, source }: CommandFacts): Block {
  return {
    kind: 'facts',
    small: true,
    facts: [
      ...(source?.interpreter === undefined ? [] : [{ label: 'Interpreter', value: [{ exact: source.interpreter }] }]),
      { label: 'Folder', value: [{ exact: cwd }] },
      { label: 'Sandbox', value: [outside ? 'none' : sandbox] },
      ...(scripts.length === 0
        ? []
        : [
            {
              label: 'Holds only while',
              value: [...exactList(scripts), scripts.length === 1 ? ' stays as it is' : ' stay as they are'],
              hint: 'These files say what it does. If one changes, you are asked again.',
            },
          ]),
    ],
  };
}

function seconds(count: number): string {
  return counted(count, 'second');
}

function environment({ environment: names, times: { waits, endsAfter }, limits }: CommandFacts): Block {
  const behindAfter = waits === undefined || waits === 0 ? [] : [`goes on in the background after ${seconds(waits)}`];
  return {
    kind: 'facts',
    small: true,
    fold: 'Environment and limits',
    facts: [
      { label: 'Environment', value: [names.length === 0 ? 'no variables' : names.join(', ')] },
      { label: 'Limits', value: [[...behindAfter, `ends after ${seconds(endsAfter)}`, ...limits].join(', ')] },
    ],
  };
}
