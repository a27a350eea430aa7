import { visibleLine } from '../shared/visible.ts';
import { WAYS } from '../shared/wayWords.ts';
import { commandLine, meant, type Values } from './commandLine.ts';
import { exitCode } from './exitCodes.ts';
import { fail, refuse, speakJson } from './faults.ts';
import { exitCodesHelp, helpOf, isCommand, PAGES, usage } from './help/usage.ts';

/** The command line. What it ends with stands in `exitCodes.ts`. Loads of each command what that needs. */
export async function main(argv: string[], version: string): Promise<number> {
  if (argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).some((word) => JSON_OPTION.test(word)))
    speakJson();
  const line = commandLine(argv);
  switch (line.kind) {
    case 'version':
      process.stdout.write(`${version}\n`);
      return exitCode('done');
    case 'help':
      return help(line.about);
    case 'wrong':
      return wrong(line.problem, line.command);
    case 'command': {
      const here = currentFolder();
      if (here === undefined)
        return refuse('workspace', 'the folder that you are in is not there any more; change to one that is');
      try {
        return await perform(line, here, version);
      } catch (error) {
        return fail(error);
      }
    }
  }
}

const JSON_OPTION = /^--(json$|output-format=(stream-)?json$)/;

async function perform(
  { command, words, values }: { command: string; words: string[]; values: Values },
  here: string,
  version: string,
): Promise<number> {
  const { json } = values;
  const [word] = words;
  const deciding = {
    workspace: values.workspace ?? here,
    environment: process.env,
    userPolicy: values['user-policy'],
    organizationPolicy: values['org-policy'],
  };
  switch (command) {
    case 'run':
      return (await import('./runTask.ts')).runTask(words.join(' '), values, version);
    case 'models':
      return (await import('./models.ts')).models({
        ...{ ...values, workspace: values.workspace ?? here, isNamed: values.workspace !== undefined, version },
      });
    case 'runs':
      return (await import('./elsewhere.ts')).runs(json);
    case 'stop':
      if (word === undefined) return wrong('stop wants a run; "oversign runs" lists them', command);
      return (await import('./elsewhere.ts')).stopRun(word, json);
    case 'history':
      return (await import('./history.ts')).history(word, values);
    case 'report':
      if (word === undefined) return wrong('report wants a run; "oversign history" lists them', command);
      return (await import('./report.ts')).report(word, json);
    case 'exposure':
      if (word === undefined) return (await import('./exposure.ts')).exposureHere({ ...deciding, json });
      return (await import('./exposure.ts')).exposureOfRun(word, {
        ...{ receipt: values.receipt, output: values.output, json },
      });
    case 'questions':
      return (await import('./report.ts')).questions(json);
    case 'verify':
      return (await import('./verify.ts')).verify({
        ...{ json, file: word, key: values.key, witnesses: values.witness ?? [], receipt: values.receipt },
      });
    case 'key':
      return (await import('./verify.ts')).key(json);
    case 'export':
      return (await import('./export.ts')).exportLog({ run: values.run, output: values.output });
    case 'erase':
      return (await import('./erase.ts')).erase({ run: values.run, user: values.user, yes: values.yes, json });
    case 'doctor':
      return (await import('./doctor.ts')).doctor({
        ...{ workspace: values.workspace ?? here, json, sarif: values.sarif, strict: values.strict, version },
      });
    case 'undo':
      if (word === undefined) return wrong('undo wants a run; "oversign history" lists them', command);
      if (values.action !== undefined && values.since !== undefined)
        return wrong('give --action for one action, or --since for it and all after it', command);
      return (await import('./undo.ts')).undo(word, {
        ...{ workspace: values.workspace, action: values.action, from: values.since, file: values.file },
        ...{ dryRun: values['dry-run'], json, version },
      });
    case 'review':
      return (await import('./review.ts')).review(word, {
        ...{ workspace: values.workspace, keep: values.keep ?? [], revert: values.revert ?? [] },
        ...{ json, version },
      });
    case 'decide':
      if (WAYS.filter((way) => values[way]).length > 1) return wrong('give one of --look, --ask and --review', command);
      return (await import('./decide.ts')).decide({
        ...deciding,
        ...{ way: WAYS.find((way) => values[way]), expect: values.expect, json },
      });
    case 'replay':
      if (WAYS.filter((way) => values[way]).length > 1) return wrong('give one of --look, --ask and --review', command);
      return (await import('./replay.ts')).replay(words, {
        ...{ environment: process.env, policy: values.policy, organizationPolicy: values['org-policy'] },
        ...{ way: WAYS.find((way) => values[way]), expect: values.expect, limit: values.limit },
        ...{ strict: values.strict, json },
      });
    case 'sandbox':
      return (await import('./sandbox.ts')).sandbox(words, {
        ...{ workspace: values.workspace ?? here, policy: values.policy, yes: values.yes, json, version },
        backend: values.backend,
      });
    case 'plugins':
      return (await import('./plugins.ts')).plugins(words, { ...deciding, json });
    case 'policy':
      return (await import('./policy.ts')).policy(words, {
        ...deciding,
        ...{ json, strict: values.strict, layer: values.layer, yes: values.yes, version },
      });
    default:
      throw new Error(`${command} has a page and is not performed`);
  }
}

function help(about: string | undefined): number {
  if (about === 'exit-codes') process.stdout.write(exitCodesHelp());
  else if (about === undefined) process.stdout.write(usage());
  else if (isCommand(about)) process.stdout.write(helpOf(about));
  else
    return wrong(`there is no help about "${about}"${meant(about, [...Object.keys(PAGES), 'exit-codes'])}`, undefined);
  return exitCode('done');
}

/** One sentence, and where more is to be found: a page of text would push it out of sight. */
function wrong(problem: string, command: string | undefined): number {
  const page = command !== undefined && isCommand(command) ? `help ${command}` : 'help';
  return refuse('usage', `${visibleLine(problem)} (more: oversign ${page})`);
}

/** Undefined where it was removed, or moved to where nobody may look. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
