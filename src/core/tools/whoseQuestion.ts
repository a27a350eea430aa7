import type { Preview } from '../approval/desk.ts';
import type { Approval } from '../../shared/approval.ts';
import type { Block } from '../../shared/block.ts';
import { originOf } from '../../shared/answered.ts';
import { canonicalJson } from '../../shared/json.ts';
import { Cancelled } from '../outcome.ts';
import { decision } from '../policy/decision.ts';
import type { Appeared } from '../sandbox/port.ts';
import { takenBackBy } from '../stopped.ts';
import { shownChange } from './files/shownChange/shownChange.ts';
import type { CallRun } from './callRun.ts';
import type { Step } from './step.ts';
import type { CallContext, Description } from './tool.ts';

const WHY = 'It decides what runs later. You made it, or the command did: nobody knows which.';
/** No answer to this one can be remembered. */
const NO_GRANTS = { grantOffers: [], grantLimits: { minutes: 0, uses: 0 } };

export interface Asking {
  step: Step;
  run: CallRun;
  context: CallContext;
  described: Description;
}

/**
 * In the middle of a call: asks a person which of what appeared while the command ran is theirs, and stays where it is.
 * No answer, or a no, sets it aside. Throws `Cancelled` when the context's signal fires meanwhile.
 */
export async function askWhose(
  appeared: readonly Appeared[],
  { step, run, context, described }: Asking,
): Promise<ReadonlySet<string>> {
  const { scope, signal } = context;
  await run.attended();
  const names = appeared.map(({ path }) => scope.shown(path));
  const approval = await questionAbout(appeared, names, { step, run, context, described });
  const { digest } = approval;
  const shown = run.redactor.json(approval);
  const isShown = run.hash(canonicalJson(shown));
  await step.record('whose_asked', { approval: approval.id, digest, shown: isShown }, { paths: names });
  run.show({ id: step.id, tool: approval.tool, status: 'waiting' });
  const asked = run.now();
  run.asking(1);
  run.waiting(true);
  try {
    const { answer, from } = await run.desk.ask(
      shown,
      { action: described.action, previews: previewsOf(appeared) },
      signal,
    );
    // Lines that lay ready beforehand cannot know what would appear.
    const isTheirs = answer.choice === 'approve' && from.by === 'person';
    const waitedMs = Math.round(run.now() - asked);
    const unseen = isTheirs && answer.unseen !== undefined && { unseen: answer.unseen };
    const choice = isTheirs ? 'approve' : 'deny';
    const data = { approval: approval.id, choice, ...originOf(from), ...unseen, waitedMs } as const;
    await step.record('whose_answered', data, answer.reason === undefined ? undefined : { reason: answer.reason });
    return new Set(isTheirs ? appeared.map(({ path }) => path) : []);
  } catch (error) {
    if (error instanceof Cancelled) {
      const taken = { approval: approval.id, choice: 'deny', ...takenBackBy(error) } as const;
      await step.record('whose_answered', taken, { reason: error.message });
    }
    throw error;
  } finally {
    run.waiting(false);
    run.show({ id: step.id, tool: approval.tool, status: 'running' });
  }
}

async function questionAbout(
  appeared: readonly Appeared[],
  names: readonly string[],
  { step, run, context, described }: Asking,
): Promise<Approval> {
  const digest = run.hash(canonicalJson(appeared.map(({ path, digest }) => ({ path, digest }))));
  return {
    ...{ id: run.newId(), run: run.id, action: step.id, tool: described.action.tool, digest, ...NO_GRANTS },
    ...step.inReply,
    title: `Leave ${firstOf(names)}, which appeared while the command ran`,
    card: { kind: 'appeared', blocks: await blocksOf(appeared, (path) => context.scope.shown(path)) },
    ...{ undoState: 'whole', where: [], why: WHY },
    undo: 'If you deny, it is moved to Oversign’s quarantine folder, and can be moved back.',
    decision: { ...decision('ask', 'appeared', WHY), eachTime: true },
    flags: run.flags(),
    lights: [],
  };
}

function firstOf(names: readonly string[]): string {
  const [first = '', ...more] = names;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** Each of them, with all that is in it: what is not in sight is approved by its count, as with any change. */
async function blocksOf(appeared: readonly Appeared[], shown: (path: string) => string): Promise<Block[]> {
  const blocks: Block[] = [];
  for (const { path, kind, texts } of appeared) {
    const words = ['Leaves the ', kind, ' ', { exact: shown(path) }, ' where it is. Allow it only if you made it.'];
    blocks.push({ kind: 'sentence', icon: 'warning', tone: 'warning', words });
    for (const { path: absolute, text } of texts) {
      const change = { change: 'create', path: shown(absolute), absolute, unsaved: false } as const;
      blocks.push({ kind: 'diff', ...change, ...(await shownChange('', text)) });
    }
  }
  return blocks;
}

/** The texts, for the editor's diff view. */
function previewsOf(appeared: readonly Appeared[]): Preview[] {
  return appeared.flatMap(({ texts }) => texts).map(({ path, text }) => ({ path, before: '', after: text }));
}
