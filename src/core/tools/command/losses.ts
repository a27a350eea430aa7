import type { Loss } from '../../../shared/block.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { Look } from '../../scope/files.ts';
import { Forbidden } from '../../scope/guard.ts';
import { BadPath } from '../../scope/spelling.ts';
import { ToolFailure } from '../../outcome.ts';
import { amountAt, heldOf, lossOf, type Amount } from '../files/loss.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import type { CommandLosses, UnknownLoss } from './commandCard.ts';
import { lossTargets, type LossTarget } from './lossTargets.ts';
import type { Line } from './scripts.ts';

const MOST_SHOWN = 10;
const MOST_UNKNOWN = 5;
const MOST_LOOKED_AT = 1000;
/** Each is a path in a question to version control, and for a folder a walk. */
const MOST_ASKED_ABOUT = 60;

const NOTHING: CommandLosses = { losses: [], lossesLeft: 0, unknownLosses: [], unknownLossesLeft: 0 };

/**
 * What stands where a command says that it deletes or overwrites: what no version control holds first, then the biggest.
 * What it does not say cannot be known.
 */
export async function commandLosses(
  { meaning, cwd, onlyLooks }: Pick<Line, 'meaning' | 'cwd' | 'onlyLooks'>,
  ports: Pick<ToolPorts, 'versionControl'>,
  context: CallContext,
): Promise<CommandLosses> {
  // What cannot write takes nothing away.
  if (onlyLooks) return NOTHING;
  const { targets, isWhole } = await lossTargets(meaning, cwd, context);
  const looked = targets.slice(0, MOST_LOOKED_AT);
  const { standing, open } = await whatStands(looked, cwd, context);
  const counted: { path: string; amount: Amount }[] = [];
  const total = { files: 0, bytes: 0, more: !isWhole || looked.length < targets.length };
  for (const look of standing) {
    const known = counted.length < MOST_ASKED_ABOUT ? await orUnknown(() => amountAt(look, context)) : undefined;
    if (known) counted.push({ path: look.path, amount: known });
    const amount = known ?? { files: 1, bytes: look.size, more: look.kind === 'directory' };
    total.files += amount.files;
    total.bytes += amount.bytes;
    total.more ||= amount.more;
  }
  const asked = counted.map(({ path }) => path);
  const held = await heldOf(asked, ports, context);
  const found = counted.map(({ path, amount }, index) => ({
    path: context.scope.shown(path),
    loss: lossOf(amount, held[index]),
  }));
  found.sort((a, b) => doubtOf(b.loss) - doubtOf(a.loss) || b.loss.bytes - a.loss.bytes);
  const unknown = await bounds(open, context);
  const left = standing.length - Math.min(found.length, MOST_SHOWN) + targets.length - looked.length;
  return {
    losses: found.slice(0, MOST_SHOWN),
    lossesLeft: left,
    ...((left > 0 || (found.length > 0 && !isWhole)) && { lossTotal: total }),
    unknownLosses: unknown.shown,
    unknownLossesLeft: unknown.left,
  };
}

interface Open extends LossTarget {
  /** Absent where it could not be looked at. */
  look?: Look;
}

/** What there is at each target, once, the biggest first; and where only some of it goes. */
async function whatStands(
  targets: readonly LossTarget[],
  cwd: string,
  { files, scope }: CallContext,
): Promise<{ standing: Look[]; open: Open[] }> {
  const standing = new Map<string, Look>();
  const open = new Map<string, Open>();
  for (const target of targets) {
    const { spelling, what, program, does } = target;
    try {
      const look = await files.look(spelling, cwd, what === 'whole' ? 'itself' : 'followed');
      if (look.kind === 'absent' || scope.rootOf(look.path) === undefined) continue;
      const isFolder = look.kind === 'directory';
      if (isFolder && (what === 'some' || what === 'merged'))
        open.set(`${program} ${does} ${look.path}`, { ...target, look });
      // Writing into a folder takes nothing away from it.
      else if (what === 'whole' || !isFolder) standing.set(look.path, look);
    } catch (error) {
      if (error instanceof ToolFailure) open.set(`${program} ${does} ${spelling}`, target);
      else if (!(error instanceof Forbidden || error instanceof BadPath)) throw error;
    }
  }
  const weight = ({ kind, size }: Look): number => (kind === 'directory' ? Infinity : size);
  const sorted = [...standing.values()].sort((a, b) =>
    weight(a) === weight(b) ? (a.path < b.path ? -1 : 1) : weight(b) - weight(a),
  );
  return { standing: sorted, open: [...open.values()] };
}

async function bounds(open: readonly Open[], context: CallContext): Promise<{ shown: UnknownLoss[]; left: number }> {
  const shown: UnknownLoss[] = [];
  for (const [index, { look, spelling, program, does }] of open.entries()) {
    if (shown.length === MOST_UNKNOWN) return { shown, left: open.length - index };
    const most = look && (await orUnknown(() => amountAt(look, context)));
    if (most?.files === 0) continue;
    shown.push({
      program: visibleLine(program),
      does,
      below: look ? context.scope.shown(look.path).replace(/\/?$/, '/') : visibleLine(spelling),
      ...(most && { most: { files: most.files, bytes: most.bytes, more: most.more } }),
    });
  }
  return { shown, left: 0 };
}

async function orUnknown<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
    throw error;
  }
}

function doubtOf({ tracked, uncommitted, unsaved }: Loss): number {
  return (unsaved ? 2 : 0) + (tracked === 'tracked' && !uncommitted ? 0 : 1);
}
