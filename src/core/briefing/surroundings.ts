import type { EffectivePolicy } from '../policy/merge.ts';
import { sandboxSpec } from '../sandbox/spec.ts';
import type { Files } from '../scope/files.ts';
import type { Scope } from '../scope/scope.ts';
import { commandsProblem } from '../tools/confinement.ts';
import { limitsOf, runnerOf, type Runners } from '../tools/runner.ts';
import { marksAmong, marksWords, programsOf } from './projectMarks.ts';

/** What was found around a run. What could not be found out in time is left out. */
export interface Surroundings {
  /** Manifests and lock files at the top of the working folder, in words; empty where there are none. */
  project: string;
  /** Programs that commands find, with their versions: "node 24.21.0". */
  programs: readonly string[];
  /** Programs that the project is worked on with, and no command finds. */
  missing: readonly string[];
  repository: Repository | undefined;
}

export interface Repository {
  /** Undefined where no branch is checked out. */
  branch: string | undefined;
  /** Files that differ from the last commit, and files that git does not track. */
  changed: number;
  untracked: number;
}

export interface LookAround {
  folder: string;
  files: Files;
  scope: Scope;
  policy: EffectivePolicy;
  runners: Runners;
}

const NOTHING: Surroundings = { project: '', programs: [], missing: [], repository: undefined };
/** What most work needs, whatever the project. */
const ALWAYS = ['git', 'rg', 'python3'];
const TIME_MS = 6_000;
const MOST_OUTPUT = 20_000;
const MOST_CHANGES = 500;
const MAX_BRANCH = 60;

/** Looks around a working folder; what goes wrong leaves something out, and ends nothing but by `signal`. */
export async function lookAround(wanted: LookAround, signal: AbortSignal): Promise<Surroundings> {
  const marks = marksAmong(await topNames(wanted));
  const programs = [...new Set([...programsOf(marks), ...ALWAYS])];
  const seen = await askedInCage(programs, wanted, signal);
  return { ...NOTHING, project: marksWords(marks), ...(seen !== undefined && readAnswer(seen, programs, marks)) };
}

async function topNames({ folder, files }: LookAround): Promise<string[]> {
  try {
    return (await files.list(folder)).map(({ name }) => name);
  } catch {
    return []; // narrowed away, or not to be read
  }
}

/** What a fixed script says in the cage that looking commands get; undefined where none can be had. */
async function askedInCage(
  programs: readonly string[],
  { folder, scope, policy, runners }: LookAround,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!policy.sandbox.value || (await commandsProblem(policy, runners)) !== undefined) return undefined;
  const runner = runnerOf(policy, runners);
  const spec = sandboxSpec({
    launch: {
      argv: ['/bin/bash', '-c', SCRIPT, 'look', ...programs],
      cwd: folder,
      environment: await runner.environment([]),
      workspace: 'read-only',
      secrets: 'hidden',
    },
    rules: scope,
    bounds: { limits: limitsOf(policy), timeoutMs: TIME_MS, repositoryAbove: policy.repositoryAbove.value },
    streams: { outputCap: MOST_OUTPUT },
  });
  try {
    return (await runner.run(spec, signal)).output;
  } catch {
    return undefined; // not knowing is an answer; a stop is noticed by whoever goes on
  }
}

/**
 * Programs one after the other would be slow: some start a whole runtime to say their version. git is asked without what
 * a repository can have it run, and only for names.
 */
const SCRIPT = `
for name in "$@"; do
  ( path=$(command -v "$name") || { echo "missing $name"; exit; }
    case $name in go) ask=version ;; java) ask=-version ;; *) ask=--version ;; esac
    said=$(timeout 3 "$path" $ask 2>&1 </dev/null | head -c 500 | tr '\\n' ' ')
    echo "program $name $said" ) &
done
state=$(timeout 4 git -c core.fsmonitor=false -c "safe.directory=*" --no-optional-locks status --porcelain=v2 --branch -unormal 2>/dev/null </dev/null | cut -c1-120 | head -n ${MOST_CHANGES})
wait
printf '%s\\n' "$state" | sed 's/^/git /'
`;

function readAnswer(
  output: string,
  wanted: readonly string[],
  marks: ReturnType<typeof marksAmong>,
): Pick<Surroundings, 'programs' | 'missing' | 'repository'> {
  const lines = output.split('\n');
  const versions = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', said = ''] = /^program (\S+) (.*)$/.exec(line) ?? [];
    // The number alone: whatever else a program of the workspace says is no fact.
    const [version] = /\d+(?:\.\d+){1,3}/.exec(said) ?? [];
    if (name !== '') versions.set(name, version === undefined ? name : `${name} ${version}`);
  }
  const needed = new Set(programsOf(marks));
  const absent = new Set(lines.flatMap((line) => /^missing (\S+)$/.exec(line)?.[1] ?? []));
  return {
    programs: wanted.flatMap((name) => versions.get(name) ?? []),
    missing: wanted.filter((name) => absent.has(name) && needed.has(name)),
    repository: repositoryIn(lines.flatMap((line) => (line.startsWith('git ') ? [line.slice(4)] : []))),
  };
}

/** Reads `git status --porcelain=v2 --branch` (git-status(1)). */
function repositoryIn(lines: readonly string[]): Repository | undefined {
  const head = lines.find((line) => line.startsWith('# branch.head '))?.slice('# branch.head '.length);
  if (head === undefined) return undefined;
  const branch = /^[\w./-]+$/.test(head) ? head.slice(0, MAX_BRANCH) : undefined;
  return {
    branch,
    changed: lines.filter((line) => /^[12u] /.test(line)).length,
    untracked: lines.filter((line) => line.startsWith('? ')).length,
  };
}
