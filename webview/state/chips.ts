import type { PanelState } from '../../src/shared/runView.ts';
import { usageWords } from '../../src/shared/usageWords.ts';
import { FLAG_WORDS } from '../../src/shared/flow.ts';
import { WAY_WORDS } from '../../src/shared/wayWords.ts';
import { FLAGS } from './flags.ts';
import { count, underWay } from './sentences.ts';

/** What a chip of the panel's first line is about. Its details unfold below the line. */
export type ChipId = 'mode' | 'privacy' | 'model' | 'sandbox' | 'policy' | 'flags' | 'usage';

export interface Chip {
  readonly id: ChipId;
  /** A codicon's name; it says nothing that the sentence does not. */
  readonly icon?: string;
  /** What stands on it, if anything. */
  readonly label?: string;
  /** What stands on it only where there is room. */
  readonly more?: string;
  readonly tone: 'plain' | 'good' | 'warning' | 'error';
  /** All that it says, for whoever points at it or hears it. */
  readonly sentence: string;
}

/** The chips in their order. One whose tone is `error` opens by itself. */
export function chipsOf(panel: PanelState): Chip[] {
  return [
    modeChip(panel),
    ...privacyChip(panel),
    modelChip(panel),
    sandboxChip(panel),
    policyChip(panel),
    ...runChips(panel),
  ];
}

function modeChip({ way: { now }, run }: PanelState): Chip {
  const grants = run?.grants.length ?? 0;
  const remembered = grants === 0 ? '' : ` ${count(grants, 'approval is', 'approvals are')} remembered in this run.`;
  const { name, icon, about } = WAY_WORDS[now];
  return {
    ...{ id: 'mode', icon, label: name, tone: 'plain' },
    ...(grants > 0 && { more: `${grants} remembered` }),
    sentence: `${name}. ${about}${remembered}`,
  };
}

function privacyChip({ privacy }: PanelState): Chip[] {
  if (privacy === undefined) return [];
  return [
    {
      ...{ id: 'privacy', icon: 'lock', label: 'Private', tone: 'good' },
      sentence: `Maximum privacy is on, by the ${privacy.by}.`,
    },
  ];
}

function modelChip({ model, run }: PanelState): Chip {
  // A run keeps the model it began with; whatever is sent after it goes to the one chosen now.
  const [label, destination] = underWay(run) ? [run.model, run.destination] : [model.label, model.destination];
  if (label === '') return { id: 'model', icon: 'hubot', tone: 'plain', sentence: 'Model: not looked at yet.' };
  return model.problem === undefined
    ? { id: 'model', label, tone: 'plain', sentence: `Model: ${label}. ${destination}` }
    : { id: 'model', icon: 'error', label, tone: 'error', sentence: `Model: ${label}. ${model.problem}` };
}

function sandboxChip({ sandbox }: PanelState): Chip {
  switch (sandbox.state) {
    case 'works':
      return {
        ...{ id: 'sandbox', icon: 'shield', tone: 'good' },
        ...(sandbox.probes && { more: `${sandbox.probes.held}/${sandbox.probes.all}` }),
        sentence: `Sandbox works. Commands reach no host that is not allowed. ${sandbox.text}`,
      };
    case 'unknown':
      return { id: 'sandbox', icon: 'shield', tone: 'plain', sentence: 'Sandbox: not tested yet.' };
    case 'outside':
      return {
        ...{ id: 'sandbox', icon: 'unlock', label: 'No sandbox', tone: 'error' },
        sentence: `Commands run OUTSIDE the sandbox. ${sandbox.text}`,
      };
    case 'refused':
      return {
        ...{ id: 'sandbox', icon: 'error', label: 'No sandbox', tone: 'error' },
        sentence: `No sandbox: every command is refused. ${sandbox.text}`,
      };
  }
}

function policyChip({ policy }: PanelState): Chip {
  switch (policy.state) {
    case 'unknown':
      return { id: 'policy', icon: 'law', tone: 'plain', sentence: 'Policy: not read yet.' };
    case 'ok':
      return { id: 'policy', icon: 'law', tone: 'plain', sentence: 'Policy in force.' };
    case 'notes':
      return {
        ...{ id: 'policy', icon: 'law', label: String(policy.notes.length), tone: 'warning' },
        sentence: `Policy in force, with ${count(policy.notes.length, 'note')}.`,
      };
    case 'invalid':
      return {
        ...{ id: 'policy', icon: 'law', label: 'Errors', tone: 'error' },
        sentence: 'The policy has errors. Nothing runs until they are mended.',
      };
  }
}

function runChips({ run }: PanelState): Chip[] {
  if (run === undefined) return [];
  const lit = FLAGS.filter((flag) => run.flags[flag]);
  const flags: Chip = {
    ...{ id: 'flags', icon: 'eye', label: `${lit.length}/3`, tone: lit.length === FLAGS.length ? 'warning' : 'plain' },
    sentence:
      lit.length === 0
        ? 'This run has touched nothing that counts towards the Rule of Two.'
        : `This run ${lit.map((flag) => FLAG_WORDS[flag]).join(', ')}. With two of three, the third always asks.`,
  };
  const { usage } = run;
  if (usage === undefined || usage.tokens === 0) return [flags];
  const { tokens, limit } = usage.context;
  const filled = limit > 0 ? Math.min(100, Math.round((tokens / limit) * 100)) : undefined;
  return [
    flags,
    {
      id: 'usage',
      ...(filled === undefined ? { icon: 'dashboard' } : { label: `${filled} %` }),
      tone: filled !== undefined && filled >= 85 ? 'warning' : 'plain',
      sentence: `${filled === undefined ? '' : `${filled} % of the context is used. `}${usageWords(usage)}.`,
    },
  ];
}
