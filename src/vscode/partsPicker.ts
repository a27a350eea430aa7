import * as vscode from 'vscode';
import type { ReviewPart } from '../shared/review.ts';
import { exact } from '../shared/visible.ts';

type Item = vscode.QuickPickItem & { part: ReviewPart };

/** Which places of a file go back to how they were; none where a person lets it be. */
export async function pickParts(name: string, parts: readonly ReviewPart[]): Promise<readonly ReviewPart[]> {
  const picked = await vscode.window.showQuickPick(parts.map(itemOf), {
    title: `Oversign: Put Back Parts of ${name}`,
    placeHolder: 'Picked places become as they were before the run',
    canPickMany: true,
    matchOnDetail: true,
  });
  return picked?.map(({ part }) => part) ?? [];
}

function itemOf(part: ReviewPart): Item {
  const { line, removed, added } = part;
  const [was, is] = [first(removed), first(added)];
  return {
    part,
    label: `Line ${line}`,
    description: `+${added.length} −${removed.length}`,
    detail: [...(is === '' ? [] : [`now: ${is}`]), ...(was === '' ? [] : [`before: ${was}`])].join('   '),
  };
}

/** The first line that says something; hidden characters are written out. */
function first(lines: readonly string[]): string {
  const line = lines.find((one) => one.trim() !== '') ?? lines[0] ?? '';
  return exact(line.trim().slice(0, 200));
}
