import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfPath } from '../../files/rawPath.ts';
import type { Stood } from './stood.ts';

/** Where the folder of a view stands in the cage that applies it, read-only. */
export const EFFECTS_INSIDE = '/run/oversign/effects';

/** One change below a folder, with what stood there and what will. */
export interface Step {
  below: string;
  was: Stood | undefined;
  will: Stood | undefined;
  /** Its bytes, or where a link leads, are others. */
  isOther: boolean;
}

/**
 * What is done in one folder, in this order. Each list is of paths, each ended by a NUL byte. Nothing is taken away that is
 * not in a list: a folder in which something else stands by then stays, and that is a failure.
 */
const PHASES = ['open', 'remove', 'rmdir', 'mkdir', 'copy', 'mode'] as const;
type Lists = Record<(typeof PHASES)[number], string[]>;

const SCRIPT = `
fail() { echo "not applied whole: $1 failed" >&2; exit 1; }
while [ "$#" -gt 0 ]; do
  root=$1 source=$2 lists=$3
  shift 3
  cd -- "$root" || fail "entering $root"
  xargs -0 -r chmod u+rwx -- <"$lists/open" || fail 'opening folders'
  xargs -0 -r rm -f -- <"$lists/remove" || fail 'removing files'
  xargs -0 -r rmdir -- <"$lists/rmdir" || fail 'removing folders'
  xargs -0 -r mkdir -m 700 -- <"$lists/mkdir" || fail 'making folders'
  if [ -s "$lists/copy" ]; then
    tar -C "$source" --format=posix --no-recursion -S --null -T "$lists/copy" -cf - | tar -xpf - || fail 'writing files'
    [ "\${PIPESTATUS[*]}" = '0 0' ] || fail 'writing files'
  fi
  xargs -0 -r -n 2 chmod -- <"$lists/mode" || fail 'setting modes'
done`;

/** The program that makes the changes, inside a cage in which the view's folder stands at EFFECTS_INSIDE. */
export function applyingArgv(
  folder: string,
  places: readonly { path: string; root: string; steps: readonly Step[] }[],
): string[] {
  const all = places.flatMap(({ path, root, steps }, index) => {
    if (steps.length === 0) return [];
    const lists = join(folder, `lists-${index}`);
    mkdirSync(lists, { mode: 0o700, recursive: true });
    const made = listsOf(steps);
    for (const phase of PHASES)
      writeFileSync(join(lists, phase), Buffer.concat(made[phase].map((one) => bytesOfPath(`${one}\0`))), {
        mode: 0o600,
      });
    return [path, EFFECTS_INSIDE + root.slice(folder.length), `${EFFECTS_INSIDE}/lists-${index}`];
  });
  return ['/bin/bash', '-p', '-c', SCRIPT, 'apply', ...all];
}

export function listsOf(steps: readonly Step[]): Lists {
  const lists: Lists = { open: [], remove: [], rmdir: [], mkdir: [], copy: [], mode: [] };
  const sorted = [...steps].sort((a, b) => (a.below < b.below ? -1 : 1));
  const changedIn = new Set(steps.map(({ below }) => below.slice(0, Math.max(0, below.lastIndexOf('/')))));
  for (const { below, was, will, isOther } of sorted) {
    const at = `./${below}`;
    const isFolder = will?.kind === 'directory';
    const wasFolder = was?.kind === 'directory';
    if (was && !wasFolder && will?.kind !== was.kind) lists.remove.push(at);
    if (wasFolder && !isFolder) {
      if ((was.mode & 0o700) !== 0o700) lists.open.push(at);
      lists.rmdir.push(at);
    }
    if (isFolder && !wasFolder) lists.mkdir.push(at);
    if (isFolder && wasFolder && changedIn.has(below) && (was.mode & 0o700) !== 0o700) lists.open.push(at);
    if (will && !isFolder && isOther) lists.copy.push(at);
    // A copy has its mode, unless it had to be opened to be read.
    const isCopied = !isFolder && isOther && ((will?.mode ?? 0) & 0o400) !== 0;
    if (will && will.kind !== 'link' && !isCopied) lists.mode.push(at);
  }
  lists.rmdir.reverse();
  const modes = new Map(
    sorted.map(({ below, will }) => [`./${below}`, (will?.mode ?? 0).toString(8).padStart(4, '0')]),
  );
  // From within outwards: a folder may be closed by its own.
  lists.mode = lists.mode.toReversed().flatMap((at) => [modes.get(at) ?? '', at]);
  return lists;
}
