import type { Action } from '../../shared/action.ts';
import type { Block } from '../../shared/block.ts';
import { countedBlanks } from '../../shared/cut.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import { exact } from '../../shared/visible.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import { kindOf } from '../kinds/table.ts';
import type { DecidedCall } from './decideCall.ts';
import type { CallContext } from './tool.ts';

interface Edit {
  /** What was shown, and what became of it by the edit. */
  before: DecidedCall;
  after: DecidedCall;
  /** The argument that was changed, and the text that was typed. */
  argument: string;
  text: string;
}

/**
 * Whether a person's edit approves what became of it: what they typed is exactly what is decided, all of it could be seen
 * as it was typed, and everything else is as the card had it. Whatever is not known to be the same is shown anew.
 */
export function editApproves({ before, after, argument, text }: Edit, context: CallContext): boolean {
  const [was, is] = [before.described.action, after.described.action];
  const [shown, now] = [besides(was, argument), besides(is, argument)];
  const lit = labelsOf(was, context);
  return (
    after.decision.verdict === 'ask' &&
    after.unsaved.changed.length === 0 &&
    is.arguments[argument] === text &&
    isPlain(text) &&
    canonicalJson(after.decision) === canonicalJson(before.decision) &&
    canonicalJson(now.same) === canonicalJson(shown.same) &&
    now.atMost.every((why) => shown.atMost.includes(why)) &&
    labelsOf(is, context).every((flag) => lit.includes(flag)) &&
    canonicalJson(saidOf(after)) === canonicalJson(saidOf(before)) &&
    after.described.card.blocks.every((block) => block.kind !== 'diff' || block.unseen.lines === 0)
  );
}

/** Nothing is in it that a text box does not show, or shows out of sight. */
function isPlain(text: string): boolean {
  const plain = text.replaceAll('\r\n', '\n');
  return exact(plain) === plain && countedBlanks(plain) === plain;
}

/** An action without the text that was changed. */
function besides(action: Action, argument: string): { same: Json; atMost: readonly string[] } {
  const { [argument]: _, ...others } = action.arguments;
  const own = { ...action, arguments: others };
  const { same, atMost } = kindOf(own).besidesText?.(own) ?? { same: own, atMost: [] };
  return { same: json(same), atMost };
}

/** What a card says, without the text that was changed. */
function saidOf({ described, unsaved }: DecidedCall): Json {
  const { consequence, undo, where, card } = described;
  const blocks = card.blocks.flatMap((block): Block[] => {
    if (block.kind === 'exact' || (block.kind === 'list' && block.name === 'programs')) return [];
    if (block.kind !== 'diff') return [block];
    return [{ ...block, diff: '', unseen: { lines: 0, characters: 0 }, added: 0, removed: 0 }];
  });
  return json({ consequence, undo, where, blocks, others: unsaved.others });
}

/** Without what is not set. */
function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
