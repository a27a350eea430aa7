import { parseArgs } from 'node:util';
import { visibleLine } from '../shared/visible.ts';
import { decide } from './decide.ts';
import { doctor } from './doctor.ts';
import { history } from './history.ts';
import { policy } from './policy.ts';
import { sandbox } from './sandbox.ts';
import { runTask } from './runTask.ts';
import { USAGE } from './usage.ts';
import { verify } from './verify.ts';

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 stopped, 4 a limit was reached. */
export async function main(argv: string[], version: string): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      tokens: true,
      options: {
        workspace: { type: 'string' },
        model: { type: 'string' },
        'model-name': { type: 'string' },
        'base-url': { type: 'string' },
        'api-key-file': { type: 'string' },
        policy: { type: 'string' },
        resume: { type: 'string' },
        'user-policy': { type: 'string' },
        'org-policy': { type: 'string' },
        yes: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`oversign: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const { values, positionals, tokens } = parsed;
  const wrong = (problem: string): number => {
    process.stderr.write(`oversign: ${visibleLine(problem)}\n\n${USAGE}`);
    return 2;
  };
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = given.find((name, index) => given.indexOf(name) !== index);
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
  const most = { run: Infinity, history: 1, verify: 0, doctor: 0, decide: 0 }[command] ?? Infinity;
  if (rest.length > most) return wrong(`"${rest[most] ?? ''}" is one word too many for ${command}`);
  const deciding = {
    workspace: values.workspace ?? process.cwd(),
    environment: process.env,
    userPolicy: values['user-policy'],
    organizationPolicy: values['org-policy'],
  };
  try {
    switch (command) {
      case 'run':
        return await runTask(rest.join(' '), values, version);
      case 'history':
        return await history(rest[0], values.json);
      case 'verify':
        return await verify(values.json);
      case 'doctor':
        return await doctor(values.workspace ?? process.cwd(), values.json);
      case 'decide':
        return await decide(deciding);
      case 'sandbox':
        if (rest.length === 0 || !isParted(argv, rest)) return wrong('sandbox wants a command after --');
        return await sandbox(rest, {
          workspace: values.workspace ?? process.cwd(),
          policy: values.policy,
          json: values.json,
          version,
        });
      case 'policy':
        return await policy(rest, { ...deciding, json: values.json, yes: values.yes, version });
      default:
        return wrong(`there is no command "${command}"`);
    }
  } catch (error) {
    process.stderr.write(`oversign: ${visibleLine(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

/** Whether the words of a command stand behind `--`: else an option of it would be taken for one of Oversign's. */
function isParted(argv: readonly string[], words: readonly string[]): boolean {
  const at = argv.indexOf('--');
  return at > 0 && argv.length - at - 1 === words.length;
}
