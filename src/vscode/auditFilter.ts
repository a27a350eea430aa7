import * as vscode from 'vscode';
import { withoutIcons } from './messages.ts';

/** What the tree is narrowed to; see the core's RunFilter. */
export interface TreeFilter {
  text?: string;
  decision?: 'allow' | 'ask' | 'deny' | 'approved' | 'refused';
  tool?: string;
  effect?: string;
  path?: string;
  host?: string;
}

type Kind = keyof TreeFilter;

const KINDS: Record<Kind, { label: string; prompt: string }> = {
  text: { label: 'Words', prompt: 'Runs and actions with these words in their texts; the last may be cut short' },
  decision: { label: 'Decision', prompt: 'What the policy decided, or you' },
  tool: { label: 'Tool', prompt: 'Which tool was called' },
  effect: { label: 'Effect', prompt: 'What it would do' },
  path: { label: 'Path', prompt: 'A path or a part of one, such as src/auth' },
  host: { label: 'Host', prompt: 'Where something was sent' },
};

const DECISIONS: { label: NonNullable<TreeFilter['decision']>; description: string }[] = [
  { label: 'deny', description: 'denied by the policy' },
  { label: 'refused', description: 'you said no' },
  { label: 'approved', description: 'you said yes' },
  { label: 'ask', description: 'you were asked' },
  { label: 'allow', description: 'allowed by the policy' },
];

/** A filter in a few words; empty where there is none. */
export function filterWords(filter: TreeFilter): string {
  return (Object.keys(KINDS) as Kind[])
    .flatMap((kind) => (filter[kind] === undefined ? [] : [`${KINDS[kind].label.toLowerCase()}: ${filter[kind]}`]))
    .join(', ');
}

/** Asks what to narrow the tree to, one part at a time; undefined where nothing was chosen. */
export async function askForFilter(
  now: TreeFilter,
  values: (kind: 'tool' | 'effect' | 'host') => Promise<string[]>,
): Promise<TreeFilter | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      ...(Object.keys(KINDS) as Kind[]).map((kind) => ({
        label: KINDS[kind].label,
        description: withoutIcons(now[kind] ?? ''),
        detail: KINDS[kind].prompt,
        by: kind,
      })),
      ...(filterWords(now) === '' ? [] : [{ label: '$(clear-all) Show Everything', by: undefined }]),
    ],
    { title: 'Oversign: Filter the Audit Log', placeHolder: 'Narrow to runs with …', matchOnDetail: true },
  );
  if (!picked) return undefined;
  if (picked.by === undefined) return {};
  const value = await askForValue(picked.by, now, values);
  if (value === undefined) return undefined;
  const { [picked.by]: _old, ...rest } = now;
  return value === '' ? rest : { ...rest, [picked.by]: value };
}

export async function askForWords(now: TreeFilter): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Oversign: Search the Audit Log',
    prompt: KINDS.text.prompt,
    value: now.text ?? '',
  });
}

async function askForValue(
  kind: Kind,
  now: TreeFilter,
  values: (kind: 'tool' | 'effect' | 'host') => Promise<string[]>,
): Promise<string | undefined> {
  const { label, prompt } = KINDS[kind];
  const options = { title: `Oversign: Filter by ${label}`, placeHolder: prompt };
  switch (kind) {
    case 'text':
      return askForWords(now);
    case 'path':
      return vscode.window.showInputBox({ title: options.title, prompt, value: now.path ?? '' });
    case 'decision':
      return (await vscode.window.showQuickPick(DECISIONS, options))?.label;
    default:
      return (
        await vscode.window.showQuickPick(
          (await values(kind)).map((own) => ({ label: withoutIcons(own), own })),
          options,
        )
      )?.own;
  }
}
