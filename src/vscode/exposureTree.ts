import * as vscode from 'vscode';
import type { ExposureNode, ExposurePart } from '../shared/exposureTree.ts';

export interface ExposureSource {
  parts(): Promise<ExposureNode[]>;
  below(part: ExposurePart): Promise<ExposureNode[]>;
}

/** A run that sends much is drawn anew no more often. */
const REFRESH_MS = 600;
const COLORS = { warning: 'list.warningForeground', alarm: 'errorForeground' } as const;

/** The Data Exposure view: what the agent can see, and what has left. Nothing is looked at while nobody sees it. */
export class ExposureTree implements vscode.TreeDataProvider<ExposureNode>, vscode.Disposable {
  readonly #source: ExposureSource;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<ExposureNode>;
  readonly #visibility: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #isOld = false;
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(source: ExposureSource) {
    this.#source = source;
    this.#view = vscode.window.createTreeView('oversign.exposure', { treeDataProvider: this, showCollapseAll: true });
    this.#visibility = this.#view.onDidChangeVisibility(({ visible }) => {
      if (visible && this.#isOld) this.refresh();
    });
  }

  /** Whether somebody sees it. */
  get isVisible(): boolean {
    return this.#view.visible;
  }

  /** Something may be otherwise by now: drawn anew soon, or when it comes into sight. */
  refresh(): void {
    this.#isOld = true;
    if (!this.#view.visible) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isOld = false;
      this.#changes.fire(undefined);
    }, REFRESH_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#visibility.dispose();
    this.#changes.dispose();
    this.#view.dispose();
  }

  async getChildren(node?: ExposureNode): Promise<ExposureNode[]> {
    try {
      if (!node) return await this.#source.parts();
      return typeof node.below === 'string' ? await this.#source.below(node.below) : node.below;
    } catch (error) {
      const label = error instanceof Error ? error.message : String(error);
      const id = `${node?.id ?? ''}/problem`;
      return [{ id, label, tooltip: label, spoken: label, icon: 'error', tone: 'alarm', below: [] }];
    }
  }

  getTreeItem({
    id,
    label,
    description,
    tooltip,
    icon,
    tone,
    spoken,
    run,
    action,
    isOpen,
    below,
  }: ExposureNode): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const isLeaf = typeof below !== 'string' && below.length === 0;
    const item = new vscode.TreeItem(label, isLeaf ? None : isOpen ? Expanded : Collapsed);
    item.id = id;
    if (description !== undefined) item.description = description;
    item.tooltip = tooltip;
    item.iconPath = new vscode.ThemeIcon(icon, tone && new vscode.ThemeColor(COLORS[tone]));
    item.accessibilityInformation = { label: spoken };
    item.contextValue = action !== undefined ? 'action' : run !== undefined ? 'run' : 'plain';
    return item;
  }
}
