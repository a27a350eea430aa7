import { parseArgs } from 'node:util';
import { doctor } from './doctor.ts';
import { history } from './history.ts';
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
      options: {
        workspace: { type: 'string' },
        model: { type: 'string' },
        'model-name': { type: 'string' },
        'base-url': { type: 'string' },
        'api-key-file': { type: 'string' },
        policy: { type: 'string' },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`oversign: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.version) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  switch (command) {
    case 'run':
      return runTask(rest.join(' '), values, version);
    case 'history':
      return history(rest[0], values.json);
    case 'verify':
      return verify(values.json);
    case 'doctor':
      return doctor(values.workspace ?? process.cwd(), values.json);
    default:
      process.stderr.write(`oversign: there is no command "${command}"\n\n${USAGE}`);
      return 2;
  }
}
