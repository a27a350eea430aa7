import type { Resource } from '../../../shared/action.ts';
import type { Meaning, NamedPath } from '../../command/meaning.ts';
import { denialOf, Forbidden } from '../../scope/guard.ts';
import { folded } from '../../scope/pathRule.ts';
import type { Scope } from '../../scope/scope.ts';
import { absolutePath, BadPath, isInside } from '../../scope/spelling.ts';
import { ToolFailure } from '../../outcome.ts';
import type { CallContext } from '../tool.ts';

/** Folders that a sandbox has of its own: what stands there is the system's, not the user's. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/opt',
  '/etc',
  '/proc',
  '/sys',
  '/dev',
  '/tmp',
];
/** Where the things of users and of the machine are kept. */
const USERS = ['/home', '/root', '/Users', '/var', '/srv', '/mnt', '/media', '/run', '/boot', '/data'];
const MOST_LOOKS = 300;

/** What the paths that a command names turn out to be. */
export interface FoundPaths {
  resources: Resource[];
  doubts: string[];
}

/**
 * Resolves the paths that a command names, link by link, and asks the scope about each. Throws `Forbidden` for one
 * that is denied or lies outside; of what a glob fits, denied names are left out unless nothing else fits.
 */
export async function namedPaths(
  meaning: Pick<Meaning, 'paths'>,
  cwd: string,
  context: CallContext,
): Promise<FoundPaths> {
  const found: FoundPaths = { resources: [], doubts: [] };
  const seen = new Set<string>();
  // Looked up once, and only if a word may be a path.
  let names: ReadonlySet<string> | undefined;
  for (const named of meaning.paths) {
    if (seen.size >= MOST_LOOKS) {
      found.doubts.push('it names too many paths');
      break;
    }
    const key = `${named.access} ${named.spelling}`;
    if (seen.has(key)) continue;
    if (named.isGuess) {
      names ??= new Set((await context.files.names(cwd)).map(folded));
      if (!mayBePath(named.spelling, names, context.scope)) continue;
    }
    seen.add(key);
    await orDoubt(named, found, () =>
      named.isPattern ? addFitting(named, cwd, context, found) : addOne(named, cwd, context, found),
    );
  }
  return found;
}

/** What is no path, or cannot be looked at, is a doubt; what is forbidden goes on being so. */
async function orDoubt(named: NamedPath, found: FoundPaths, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof BadPath || error instanceof ToolFailure)) throw error;
    found.doubts.push(`"${named.spelling.slice(0, 60)}" is no path that can be looked at`);
  }
}

/** Whether a word that may be a path starts with something that exists: `s/private/x/` is none, `private/x` may be. */
function mayBePath(spelling: string, names: ReadonlySet<string>, scope: Scope): boolean {
  const [first = ''] = spelling.replace(/^(\.\/)+/, '').split('/');
  if (first === '..' || first === '~') return true;
  if (first === '') {
    const top = spelling.replace(/^\/+/, '').split('/')[0] ?? '';
    const tops = [...SYSTEM, ...USERS, scope.home, ...scope.roots].map((path) => path.split('/')[1]);
    return tops.includes(top) || scope.isDenied(spelling);
  }
  return names.has(folded(first));
}

async function addFitting(named: NamedPath, cwd: string, context: CallContext, found: FoundPaths): Promise<void> {
  let forbidden: Forbidden | undefined;
  let permitted = 0;
  for (const spelling of (await fitting(named.spelling, cwd, context)).slice(0, MOST_FITTING)) {
    try {
      await orDoubt(named, found, () => addOne({ ...named, spelling }, cwd, context, found));
      permitted += 1;
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      // What git keeps is not hidden from every command: a pattern that finds its way in there is denied.
      if (context.scope.storeAround(absolutePath(spelling, cwd, context.scope.home)) !== undefined) throw error;
      forbidden ??= error;
    }
  }
  // What is denied is hidden from the command; a pattern that fits nothing else is as good as naming it.
  if (forbidden && permitted === 0) throw forbidden;
}

/** Whether a path is the sandbox's own. Beside a workspace that lies in such a folder are other people's things. */
function isSystem(path: string, spelling: string, scope: Scope): boolean {
  // Going up from the workspace leads to what the user has beside it.
  if (scope.rootOf(path) !== undefined || !spelling.startsWith('/')) return false;
  if (path === '/') return true;
  return SYSTEM.some((folder) => isInside(folder, path) && !scope.roots.some((root) => isInside(folder, root)));
}

async function addOne(named: NamedPath, cwd: string, context: CallContext, found: FoundPaths): Promise<void> {
  const { scope, files } = context;
  const { access } = named;
  const lexical = absolutePath(named.spelling, cwd, scope.home);
  if (isSystem(lexical, named.spelling, scope)) {
    const isOwnTemporary = isInside('/tmp', lexical);
    const denial = denialOf(scope, lexical, access);
    if (denial && (scope.isDenied(lexical) || (!isOwnTemporary && access !== 'read' && access !== 'list')))
      throw new Forbidden(denial);
    found.doubts.push(`it looks at ${lexical}, which is not in the workspace`);
    return;
  }
  for (const spelling of [named.spelling, ...(await physical(named.spelling, cwd, context))]) {
    const look = await files.look(spelling, cwd, access === 'delete' ? 'itself' : 'followed');
    // A name in a list tells nothing of what is in the file.
    if (named.isPattern && access === 'list' && scope.isSecret(look.path)) continue;
    found.resources.push({
      path: look.path,
      access: access === 'read' && look.kind === 'directory' ? 'list' : access,
    });
  }
}

/** The kernel goes up from where a link leads, our spelling goes up by name: where they may differ, both count. */
async function physical(spelling: string, cwd: string, context: CallContext): Promise<string[]> {
  if (!/[^./][^/]*\/+\.\.(\/|$)/.test(spelling)) return [];
  let at = spelling.startsWith('/') ? '/' : spelling.startsWith('~') ? context.scope.home : cwd;
  for (const segment of spelling.replace(/^~\//, '').split('/')) {
    if (segment === '' || segment === '.') continue;
    at = segment === '..' ? at.slice(0, Math.max(at.lastIndexOf('/'), 0)) || '/' : `${at === '/' ? '' : at}/${segment}`;
    if (segment !== '..' && context.scope.rootOf(at) !== undefined)
      at = (await context.files.look(at, cwd, 'followed')).path;
  }
  return [at];
}

/** As many of a glob's paths are looked at. */
export const MOST_FITTING = 100;

/** The paths that fit a glob, likely secrets first; itself where none does. Throws `BadPath` for one that could be no path. */
export async function fitting(
  spelling: string,
  cwd: string,
  { scope, files }: Pick<CallContext, 'scope' | 'files'>,
): Promise<string[]> {
  const pattern = spelling.replaceAll('\\', '');
  const written = absolutePath(pattern, cwd, scope.home);
  const root = scope.rootOf(written);
  // Only what was written has wildcards: brackets in the folder's own name have none.
  const isAbsolute = /^(\/|~(\/|$))/.test(pattern);
  const [folder, below] = isAbsolute ? [root ?? '/', written.slice(root?.length ?? 0)] : [cwd, pattern];
  const matches = root === undefined ? [] : await files.expand(folder, below);
  if (matches.length === 0) return [written]; // nothing fits: the pattern itself is judged as if it were a name
  // Likely secrets first, so that none of them is behind the end.
  const order = (path: string): number => (scope.isSecret(path) ? 0 : 1);
  return matches.sort((a, b) => order(a) - order(b));
}
