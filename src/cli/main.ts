import { parseArgs } from 'node:util';
import { visibleLine } from '../shared/visible.ts';
import { WAYS } from '../shared/wayWords.ts';
import { decide } from './decide.ts';
import { doctor } from './doctor.ts';
import { runs, stopRun } from './elsewhere.ts';
import { erase } from './erase.ts';
import { exportLog } from './export.ts';
import { tellError } from './faults.ts';
import { history, questions, report } from './history.ts';
import { models } from './models.ts';
import { notTaken, OPTIONS } from './options.ts';
import { policy } from './policy.ts';
import { sandbox } from './sandbox.ts';
import { review } from './review.ts';
import { runTask } from './runTask.ts';
import { undo } from './undo.ts';
import { USAGE } from './usage.ts';
import { key, verify } from './verify.ts';

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 stopped, 4 a limit was reached; what else a command has is in its usage. */
export async function main(argv: string[], version: string): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      tokens: true,
      options: OPTIONS,
    });
  } catch (error) {
    process.stderr.write(
      `oversign: ${visibleLine(error instanceof Error ? error.message : String(error))}\n\n${USAGE}`,
    );
    return 2;
  }
  const { values, positionals, tokens } = parsed;
  const wrong = (problem: string): number => {
    process.stderr.write(`oversign: ${visibleLine(problem)}\n\n${USAGE}`);
    return 2;
  };
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = given.find((name, index) => !SEVERAL.has(name) && given.indexOf(name) !== index);
  if (twice !== undefined) return wrong(`--${twice} was given twice`);
  const empty = Object.entries(values).find(([, value]) => value === '');
  if (empty) return wrong(`--${empty[0]} is empty`);
  if (values.version) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const strange = notTaken(command, rest, given);
  if (strange !== undefined) return wrong(strange);
  const most = MOST_WORDS.get(command) ?? Infinity;
  if (rest.length > most) return wrong(`"${rest[most] ?? ''}" is one word too many for ${command}`);
  const here = currentFolder();
  if (here === undefined) {
    process.stderr.write('oversign: the folder that you are in is not there any more; change to one that is\n');
    return 1;
  }
  const deciding = {
    workspace: values.workspace ?? here,
    environment: process.env,
    userPolicy: values['user-policy'],
    organizationPolicy: values['org-policy'],
  };
  try {
    switch (command) {
      case 'run':
        return await runTask(rest.join(' '), values, version);
      case 'models':
        return await models({ ...values, workspace: values.workspace ?? here, version });
      case 'runs':
        return await runs(values.json);
      case 'stop':
        if (rest[0] === undefined) return wrong('stop wants a run; "oversign runs" lists them');
        return await stopRun(rest[0]);
      case 'history':
        return await history(rest[0], values);
      case 'report':
        if (rest[0] === undefined) return wrong('report wants a run');
        return await report(rest[0]);
      case 'questions':
        return await questions(values.json);
      case 'verify':
        return await verify({ ...values, file: rest[0], key: values.key, witnesses: values.witness ?? [] });
      case 'key':
        return await key();
      case 'export':
        return exportLog({ run: values.run, output: values.output });
      case 'erase':
        return await erase({ run: values.run, user: values.user, yes: values.yes });
      case 'doctor':
        return await doctor(values.workspace ?? here, values.json);
      case 'undo':
        if (rest[0] === undefined) return wrong('undo wants a run; "oversign history" lists them');
        if (values.action !== undefined && values.since !== undefined)
          return wrong('give --action for one action, or --since for it and all after it');
        return await undo(rest[0], {
          ...{ workspace: values.workspace, action: values.action, from: values.since, file: values.file },
          ...{ dryRun: values['dry-run'], version },
        });
      case 'review':
        return await review(rest[0], {
          ...{ workspace: values.workspace, keep: values.keep ?? [], revert: values.revert ?? [] },
          ...{ json: values.json, version },
        });
      case 'decide':
        if (WAYS.filter((way) => values[way]).length > 1) return wrong('give one of --look, --ask and --review');
        return await decide({ ...deciding, way: WAYS.find((way) => values[way]) });
      case 'sandbox':
        if (rest.length === 0 || !isParted(argv, rest)) return wrong('sandbox wants a command after --');
        return await sandbox(rest, {
          workspace: values.workspace ?? here,
          policy: values.policy,
          yes: values.yes,
          json: values.json,
          version,
        });
      case 'policy':
        return await policy(rest, {
          ...deciding,
          json: values.json,
          strict: values.strict,
          layer: values.layer,
          yes: values.yes,
          version,
        });
      default:
        return wrong(`there is no command "${command}"`);
    }
  } catch (error) {
    tellError(error);
    return 1;
  }
}

/** Undefined where it was removed, or moved to where nobody may look. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** Options that may be given several times. */
const SEVERAL: ReadonlySet<string> = new Set(['witness', 'keep', 'revert']);

/** How many words may follow a command. */
const MOST_WORDS: ReadonlyMap<string, number> = new Map([
  ...['history', 'report', 'verify', 'stop', 'undo', 'review'].map((name) => [name, 1] as const),
  ...['runs', 'questions', 'key', 'export', 'erase', 'doctor', 'decide'].map((name) => [name, 0] as const),
]);

/** Whether the words of a command stand behind `--`: else an option of it would be taken for one of Oversign's. */
function isParted(argv: readonly string[], words: readonly string[]): boolean {
  const at = argv.indexOf('--');
  return at > 0 && argv.length - at - 1 === words.length;
}
