import { isGlob } from '../scope/glob.ts';
import type { PathRule, RuleContext } from '../scope/pathRule.ts';
import { absoluteOrNone, isInside } from '../scope/spelling.ts';
import type { EffectivePolicy } from './merge.ts';

// `/secrets` is the machine's folder here, and the workspace's own in `.gitignore` and in other agents' rules. A rule
// that asks or denies binds both until its author says which one: it gets a second rule, `./secrets`. What allows does
// not.

/** What stands at the top of a system: a path that begins so is meant as it is. */
const SYSTEM_TOPS = new Set(
  'bin boot dev etc home lib lib32 lib64 lost+found media mnt nix opt proc root run sbin snap srv sys tmp usr var applications library system users volumes private cores network'.split(
    ' ',
  ),
);

/** What reading a rule's path twice needs to know. */
export interface Surroundings extends RuleContext {
  /** Whether anything has this path. */
  readonly stands: (path: string) => Promise<boolean>;
}

/** The other thing that an entry may be meant for: the same seen from each workspace folder. Undefined where it is plain. */
export async function secondReading(rule: PathRule, around: Surroundings): Promise<string | undefined> {
  const { written } = rule;
  if (!/^\/[^/]/.test(written)) return undefined;
  const fixed = fixedPart(written);
  const roots = rule.base === undefined ? around.roots : [rule.base];
  const isAroundRoots = [...around.roots, around.home].some(
    (one) => one !== '/' && (isInside(fixed, one) || isInside(one, fixed)),
  );
  if (isAroundRoots && fixed !== '/') return undefined;
  const top = written.slice(1).split('/', 1)[0] ?? '';
  if (top === '**') return undefined;
  if (!SYSTEM_TOPS.has(top.toLowerCase()) || isGlob(top)) return `.${written}`;
  if (await around.stands(fixed)) return undefined;
  const inRoots = roots.map((root) => absoluteOrNone(`.${fixed}`, root, around.home));
  const found = await Promise.all(
    inRoots.map((path) => (path === undefined ? Promise.resolve(false) : around.stands(path))),
  );
  return found.includes(true) ? `.${written}` : undefined;
}

/** The folders before the first sign of a pattern. */
export function fixedPart(written: string): string {
  const segments = written.split('/');
  const first = segments.findIndex(isGlob);
  return absoluteOrNone(segments.slice(0, first === -1 ? undefined : first).join('/') || '/', '/', '/') ?? '/';
}

/** The policy with both readings of what asks or denies. */
export async function withSecondReadings(policy: EffectivePolicy, around: Surroundings): Promise<EffectivePolicy> {
  const both = async (rules: readonly PathRule[]): Promise<PathRule[]> =>
    (
      await Promise.all(
        rules.map(async (rule) => {
          const second = await secondReading(rule, around);
          return second === undefined ? [rule] : [rule, { ...rule, written: second }];
        }),
      )
    ).flat();
  const rules = policy.rules.map((lists) =>
    Promise.all(
      lists.map(async (list) => ({
        ...list,
        rules: await Promise.all(
          list.rules.map(async (rule) =>
            rule.keys.decision === 'allow' ? rule : { ...rule, paths: await both(rule.paths) },
          ),
        ),
      })),
    ),
  );
  return {
    ...policy,
    deniedPaths: await both(policy.deniedPaths),
    protectedPaths: await both(policy.protectedPaths),
    rules: await Promise.all(rules),
  };
}
