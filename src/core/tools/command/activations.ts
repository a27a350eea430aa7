import { ACTIVATION, isEnvironmentsOwn, isInterpreter, onlyActivates } from '../../command/activation.ts';
import type { Meaning } from '../../command/meaning.ts';
import { PROGRAMS } from '../../command/programs/table.ts';
import { seenFrom } from '../../command/shellState.ts';
import { ToolFailure } from '../../outcome.ts';
import { Forbidden } from '../../scope/guard.ts';
import { goesBack, parentOf } from '../../scope/spelling.ts';
import type { CallContext } from '../tool.ts';

const LARGEST = 16_384;
/** Started by their names everywhere: an environment that has one of these has put something in its place. */
const SYSTEMS = new Set(
  'npm npx yarn pnpm bun deno node gh glab hg svn helm terraform tofu aws gcloud az systemctl apt apt-get dnf yum brew dotnet uv bazel cargo rustc go make cmake ninja docker podman kubectl curl wget ssh scp rsync gcc g++ cc clang java javac mvn gradle ruby perl php psql mysql'.split(
    ' ',
  ),
);

/** The programs of a line that only activate an environment of the project's own, and the folders of its programs. */
export interface Activations {
  programs: number[];
  folders: string[];
}

/** Looks at each `source …/bin/activate` of a line. */
export async function activationsIn(
  { programs, folders }: Meaning,
  cwd: string,
  context: CallContext,
): Promise<Activations> {
  const found: Activations = { programs: [], folders: [] };
  for (const [index, words] of programs.entries()) {
    const [program, script, ...more] = words.map((word) => (word.kind === 'known' ? word.text : undefined));
    if ((program !== 'source' && program !== '.') || script === undefined || more.length > 0) continue;
    const [from, ...others] = folders[index] ?? [];
    if (!ACTIVATION.test(script) || from === undefined || others.length > 0) continue;
    const spelling = seenFrom(from, script);
    if (goesBack(spelling)) continue;
    const bin = await binOf(spelling, cwd, context);
    if (bin === undefined || (await replaces(bin, programs, context))) continue;
    found.programs.push(index);
    found.folders.push(bin);
  }
  return found;
}

/** The folder of an environment's programs, if the script does nothing but activate it. */
async function binOf(spelling: string, cwd: string, { files, scope }: CallContext): Promise<string | undefined> {
  return orNothing(async () => {
    const look = await files.look(spelling, cwd, 'followed');
    if (look.kind !== 'file' || look.size > LARGEST || scope.rootOf(look.path) === undefined) return undefined;
    const bin = parentOf(look.path);
    const home = parentOf(bin);
    if ((await files.look(`${home}/pyvenv.cfg`, '/', 'itself')).kind !== 'file') return undefined;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await files.read(look.path, LARGEST));
    return onlyActivates(text, [home]) ? bin : undefined;
  });
}

/** What cannot be looked at, or read as a text, is nothing. */
async function orNothing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Forbidden || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whether the environment has a program of its own under a name that the line means the system's by. */
async function replaces(bin: string, programs: Meaning['programs'], { files, scope }: CallContext): Promise<boolean> {
  const own = new Set(await files.names(bin));
  for (const [word] of programs) {
    const name = word?.kind === 'known' ? word.text : '';
    if (!own.has(name)) continue;
    if (!isEnvironmentsOwn(name)) {
      if (PROGRAMS.has(name) || SYSTEMS.has(name)) return true;
    } else if (isInterpreter(name)) {
      // The interpreter is a link to the system's, and no file of the workspace.
      if ((await files.look(`${bin}/${name}`, '/', 'itself')).kind !== 'link') return true;
      const leadsTo = await orNothing(() => files.look(`${bin}/${name}`, '/', 'followed'));
      if (leadsTo && scope.rootOf(leadsTo.path) !== undefined) return true;
    }
  }
  return false;
}
