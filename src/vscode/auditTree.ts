import * as vscode from 'vscode';
import { waitingBadge } from './agentView.ts';
import { filterWords, type TreeFilter } from './auditFilter.ts';
import type { TreeTurn } from '../shared/treeAction.ts';
import { belowRun, belowTurn, itemOf, type AuditNode } from './auditItems.ts';
import type { RunSummary } from '../shared/auditEvent.ts';

export interface AuditSource {
  /** Called when the tree comes into sight. */
  seen(): void;
  page(
    filter: TreeFilter,
    limit: number,
    before?: number,
  ): Promise<{ runs: RunSummary[]; next?: number; behind: number }>;
  turns(run: string, filter: TreeFilter): Promise<TreeTurn[]>;
}

const REFRESH_MS = 200;
const REVEAL_AFTER_MS = 100;
const PAGE = 50;
/** Up to so many runs stay in sight while the tree is refreshed; whoever looks further back looks anew. */
const MOST_SHOWN = 2000;
const MOST_LOOKS = 10;

/** The Audit Log view: run > turn > action, newest run first, live while a run goes on. */
export class AuditTree implements vscode.TreeDataProvider<AuditNode>, vscode.Disposable {
  readonly #source: AuditSource;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<AuditNode>;
  readonly #visibility: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #filter: TreeFilter = {};
  #shown = PAGE;
  /** The last action of the run that is at work, as far as it was seen. */
  #newest: string | undefined;
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(source: AuditSource) {
    this.#source = source;
    this.#view = vscode.window.createTreeView('oversign.audit', { treeDataProvider: this, showCollapseAll: true });
    this.#visibility = this.#view.onDidChangeVisibility(({ visible }) => {
      if (!visible) return;
      source.seen();
      this.refresh();
    });
  }

  get filter(): TreeFilter {
    return this.#filter;
  }

  /** Narrows the tree, and says so above it. */
  set filter(filter: TreeFilter) {
    this.#filter = filter;
    this.#shown = PAGE;
    this.#changes.fire(undefined);
  }

  /** Shows older runs too. */
  more(): void {
    this.#shown = Math.min(this.#shown + PAGE, MOST_SHOWN);
    this.#changes.fire(undefined);
  }

  /** So many approvals wait, where no other view can say it. */
  showWaiting(count: number): void {
    if ((this.#view.badge?.value ?? 0) !== count) this.#view.badge = waitingBadge(count);
  }

  /** Brings a run into sight and chooses it, where it is among those that are shown. */
  async show(run: RunSummary): Promise<void> {
    await vscode.commands.executeCommand('oversign.audit.focus');
    await this.#view.reveal({ kind: 'run', run }, { select: true, focus: true, expand: true });
  }

  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changes.fire(undefined);
    }, REFRESH_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#visibility.dispose();
    this.#changes.dispose();
    this.#view.dispose();
  }

  async getChildren(node?: AuditNode): Promise<AuditNode[]> {
    try {
      if (!node) return await this.#runs();
      if (node.kind === 'run') {
        const nodes = belowRun(node.run, await this.#source.turns(node.run.run, this.#filter));
        this.#follow(node.run, nodes);
        return nodes;
      }
      return node.kind === 'turn' ? belowTurn(node) : [];
    } catch (error) {
      return [{ kind: 'problem', text: error instanceof Error ? error.message : String(error) }];
    }
  }

  async #runs(): Promise<AuditNode[]> {
    const runs: RunSummary[] = [];
    let [next, behind]: [number | undefined, number] = [undefined, 0];
    // A look may end before it has found enough.
    for (let look = 0; look < MOST_LOOKS && runs.length < this.#shown; look += 1) {
      const page = await this.#source.page(this.#filter, this.#shown - runs.length, next);
      runs.push(...page.runs);
      [next, behind] = [page.next, page.behind];
      if (next === undefined) break;
    }
    const words = filterWords(this.#filter);
    const nodes: AuditNode[] = runs.map((run) => ({ kind: 'run', run }));
    const late = behind > 0 ? ` (${behind} events are not searchable yet)` : '';
    this.#view.message =
      words === '' ? '' : `${runs.length === 0 ? 'Nothing found' : 'Only runs'} with ${words}${late}`;
    if (next !== undefined) nodes.push({ kind: 'more', before: next });
    return nodes;
  }

  /** Where an entry stands, so that it can be brought into sight. */
  getParent(node: AuditNode): AuditNode | undefined {
    if (node.kind === 'turn') return { kind: 'run', run: node.run };
    if (node.kind !== 'action') return undefined;
    return node.turn ? { kind: 'turn', run: node.run, turn: node.turn } : { kind: 'run', run: node.run };
  }

  /**
   * Brings what is newest into sight where a person looks at the tree and has chosen nothing in it: whoever reads
   * something older keeps it. Nothing is selected, and the focus stays where it is.
   */
  #follow(run: RunSummary, nodes: readonly AuditNode[]): void {
    if (run.state !== 'active') return;
    const last = nodes.at(-1);
    const newest = last?.kind === 'turn' ? belowTurn(last).at(-1) : last;
    if (newest?.kind !== 'action' || newest.action.id === this.#newest) return;
    const before = this.#newest;
    this.#newest = newest.action.id;
    const isElsewhere = this.#view.selection.some((one) => one.kind !== 'action' || one.action.id !== before);
    if (!this.#view.visible || isElsewhere) return;
    // The tree has this entry only once it was given its children.
    setTimeout(() => {
      this.#view.reveal(newest, { select: false, focus: false, expand: false }).then(undefined, () => undefined); // gone since
    }, REVEAL_AFTER_MS);
  }

  getTreeItem(node: AuditNode): vscode.TreeItem {
    return itemOf(node);
  }
}
