import * as vscode from 'vscode';
import { checklistWords, type CheckItem } from '../shared/checklist.ts';
import { visibleLine } from '../shared/visible.ts';
import { withoutIcons } from './messages.ts';

/** An item, or why there are none. */
export type ChecklistNode = { kind: 'item'; item: CheckItem } | { kind: 'problem'; text: string };

const ICONS: Record<CheckItem['state'], readonly [icon: string, color: string | undefined]> = {
  pass: ['pass', 'testing.iconPassed'],
  advice: ['lightbulb', undefined],
  fail: ['error', 'testing.iconFailed'],
  unknown: ['question', undefined],
};
const ORDER: readonly CheckItem['state'][] = ['fail', 'unknown', 'advice', 'pass'];
/** In words, for who does not see the icon. */
const SAID: Record<CheckItem['state'], string> = {
  pass: 'as it should be',
  advice: 'advice',
  fail: 'open',
  unknown: 'not known',
};

/** The Security Checklist view: what is open comes first. Nothing is looked at while nobody sees it. */
export class ChecklistView implements vscode.TreeDataProvider<ChecklistNode>, vscode.Disposable {
  readonly #look: () => Promise<CheckItem[]>;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<ChecklistNode>;
  readonly #visibility: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(look: () => Promise<CheckItem[]>) {
    this.#look = look;
    this.#view = vscode.window.createTreeView('oversign.checklist', { treeDataProvider: this });
    this.#visibility = this.#view.onDidChangeVisibility(({ visible }) => {
      if (visible) this.refresh();
    });
  }

  refresh(): void {
    if (this.#view.visible) this.#changes.fire(undefined);
  }

  dispose(): void {
    this.#visibility.dispose();
    this.#changes.dispose();
    this.#view.dispose();
  }

  async getChildren(node?: ChecklistNode): Promise<ChecklistNode[]> {
    if (node) return [];
    try {
      const items = await this.#look();
      this.#view.description = checklistWords(items);
      return ORDER.flatMap((state) => items.filter((item) => item.state === state)).map((item) => ({
        kind: 'item',
        item,
      }));
    } catch (error) {
      this.#view.description = '';
      return [{ kind: 'problem', text: error instanceof Error ? error.message : String(error) }];
    }
  }

  getTreeItem(node: ChecklistNode): vscode.TreeItem {
    if (node.kind === 'problem') return new vscode.TreeItem(withoutIcons(node.text));
    const { item } = node;
    const tree = new vscode.TreeItem(withoutIcons(item.title));
    const [icon, color] = ICONS[item.state];
    tree.id = item.id;
    tree.description = withoutIcons(item.words);
    tree.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
    tree.tooltip = [item.words, item.why, item.fix, ...item.evidence.slice(0, 20)]
      .flatMap((line) => (line === undefined ? [] : [visibleLine(line)]))
      .join('\n\n');
    tree.accessibilityInformation = { label: `${item.title}: ${SAID[item.state]}. ${item.words}` };
    if (item.command !== undefined && item.state !== 'pass')
      tree.command = { command: item.command, title: item.fix ?? item.title };
    return tree;
  }
}
