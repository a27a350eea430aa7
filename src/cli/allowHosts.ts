import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { HOST_SETS, hostSets } from '../core/egress/hostSets.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { Failure } from '../core/outcome.ts';
import { nodeParts } from '../node/engineParts.ts';
import { proposeHosts } from '../node/policy/hostsProposal.ts';
import { writePolicy } from '../node/policy/writePolicy.ts';
import { changeText } from '../terminal/alwaysAsked.ts';
import { isSaid } from '../terminal/confirm.ts';
import { visibleLine } from '../shared/visible.ts';
import { exitCode } from './exitCodes.ts';
import { refuse, tellProgram } from './faults.ts';

interface AllowOptions {
  workspace: string;
  environment: NodeJS.ProcessEnv;
  version: string;
  yes: boolean;
}

/** `oversign policy allow-hosts NAME...`: shows the user's policy with the hosts of these sets, and writes it after a yes. */
export async function allowHosts(names: readonly string[], options: AllowOptions): Promise<number> {
  const found = hostSets(names);
  if (names.length === 0 || 'unknown' in found) {
    const known = HOST_SETS.map(({ name, hosts }) => `\n  ${name}: ${hosts.join(', ')}`).join('');
    const what =
      'unknown' in found ? `there are no hosts of the name "${found.unknown}"` : 'name what commands may reach';
    return refuse('usage', `${what}. There are:${known}`);
  }
  const node = await nodeParts({
    folders: [resolve(options.workspace)],
    environment: options.environment,
    version: options.version,
    editor: NO_EDITOR,
  });
  await using _log = node.evidence;
  try {
    const change = proposeHosts(found.sets, node.userPolicy);
    if (!change) {
      process.stdout.write('Your policy allows these hosts already.\n');
      return exitCode('done');
    }
    process.stdout.write(`${changeText(change, 'every workspace', process.stdout.columns)}\n`);
    for (const { title, about } of found.sets) if (about !== undefined) process.stdout.write(`${title}: ${about}.\n`);
    if (!options.yes && !(await isSaid('Write it? [y/N] ', '', process.stdout))) {
      process.stdout.write('Not written.\n');
      return tellProgram('failed', 'not written');
    }
    await writePolicy(change.file, change.before, change.after);
    await composeEngine(node.parts).notePolicy();
    process.stdout.write(`Written into ${visibleLine(change.file)}.\n`);
    return exitCode('done');
  } catch (error) {
    if (error instanceof Failure) return refuse('failed', error.message);
    throw error;
  }
}
