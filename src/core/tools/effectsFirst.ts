import { ledgerOf } from './ledgerOf.ts';
import type { Block } from '../../shared/block.ts';
import { canonicalJson } from '../../shared/json.ts';
import { counted, sentence } from '../../shared/named.ts';
import { visibleLine } from '../../shared/visible.ts';
import { kindOf } from '../kinds/table.ts';
import { Cancelled, ToolFailure } from '../outcome.ts';
import { decision } from '../policy/decision.ts';
import type { CallRun } from './callRun.ts';
import type { DecidedCall } from './decideCall.ts';
import type { KeptEffects, OpenCall } from './openCall.ts';
import { Step } from './step.ts';
import type { CallContext, Described, ShownEffects } from './tool.ts';

const RULE = 'effects-first';
const BY_PERSON = 'You asked to see its effects first.';
const CANNOT = 'Its effects could not be shown';

/**
 * Runs a call that waits in a view of which nothing stays, at a person's word: an action of its own with records of its own, of
 * which nothing is on disk and nothing reaches the model. Returns what the person is told where it could not be.
 */
export async function effectsFirst(
  call: OpenCall,
  { described, digest }: DecidedCall,
  { run, context }: { run: CallRun; context: CallContext },
): Promise<string | undefined> {
  const { action, showEffects } = described;
  await call.dropEffects();
  const seen = kindOf(action).inView?.(action);
  if (!showEffects || !seen) return `${CANNOT}.`;
  const { action: inView, view, how } = seen;
  const title = `Effects of: ${described.title}`;
  const step = new Step(run.newId(), { id: 'effects', name: action.tool, arguments: '' }, run);
  await step.propose(
    {
      described: { ...described, action: inView, title },
      decision: decision('allow', RULE, `${BY_PERSON} ${how}`),
      digest: run.hash(canonicalJson(inView)),
    },
    context.policy.variables.value,
    { effectsOf: call.step.id },
  );
  await step.record('started', { tool: action.tool, effect: action.effect, view });
  run.show({ id: step.id, tool: action.tool, status: 'running' });
  const began = run.now();
  const ended = async (
    status: 'done' | 'failed' | 'cancelled',
    output: string,
    facts?: ShownEffects['facts'],
  ): Promise<void> => {
    const text = run.redactor.text(output);
    const durationMs = Math.round(run.now() - began);
    await step.finish(undefined, { status, durationMs, ...(facts && { facts }) }, { output: text });
    run.show({ id: step.id, tool: action.tool, status, output: text, durationMs });
  };
  try {
    const ledger = ledgerOf(step, run);
    const leave: CallContext['leave'] = (outbound) => {
      const permit = ledger.permit(outbound);
      return async (sending) => {
        await run.performing(inView, ['outward']); // what a server is told is told, whatever is taken back
        return permit(sending);
      };
    };
    const shown = await showEffects({ ...context, leave });
    call.keepEffects({ shown, of: digest, by: step.id });
    await ended('done', inWords(shown), shown.facts);
    return undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message : 'unknown failure';
    await ended(error instanceof Cancelled ? 'cancelled' : 'failed', words);
    if (error instanceof ToolFailure) return `${CANNOT}: ${sentence(words)}`;
    throw error;
  }
}

/** The same call with its effects beneath its card: an answer binds to both. */
export function withEffects(
  decided: DecidedCall,
  effects: KeptEffects | undefined,
  hash: CallRun['hash'],
): DecidedCall {
  if (!effects) return decided;
  const { described, digest } = decided;
  const { shown } = effects;
  return {
    ...decided,
    digest: hash(canonicalJson({ action: digest, effects: shown.digest })),
    described: {
      ...described,
      previews: shown.previews,
      card: { ...described.card, blocks: afterCommand(described.card.blocks, shown.blocks) },
    },
  };
}

/** The command itself stands first, then what it did, then what else is known of it. */
function afterCommand(blocks: readonly Block[], shown: readonly Block[]): Block[] {
  const at = blocks.findIndex(({ kind }) => kind === 'exact') + 1;
  return [...blocks.slice(0, at), ...shown, ...blocks.slice(at)];
}

/** What it is to do instead: make exactly the changes that were shown. */
export function applying(described: Described, { shown, by }: KeptEffects): Described & { applies: string } {
  return { ...described, applies: by, perform: (context) => shown.apply(context) };
}

/** What it changed, for the log. */
function inWords({ blocks, obstacle, words }: ShownEffects): string {
  if (words !== undefined) return words;
  const files = blocks.flatMap((block) => (block.kind === 'effects' ? block.files : []));
  const left = blocks.reduce((sum, block) => sum + (block.kind === 'effects' ? block.left : 0), 0);
  return [
    files.length === 0
      ? 'It changed no file in the view.'
      : `In the view it changed ${counted(files.length + left, 'path')}:`,
    ...files.map(({ what, path }) => `${what} ${visibleLine(path)}`),
    ...(left > 0 ? [`and ${left} more`] : []),
    ...(obstacle === undefined ? [] : [`It cannot be applied: ${obstacle}.`]),
  ].join('\n');
}
