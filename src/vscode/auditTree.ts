import * as vscode from 'vscode';
import { waitingBadge } from './agentView.ts';
import { filterWords, type TreeFilter } from './auditFilter.ts';
import { OUTCOMES, type ActionOutcome } from '../shared/actionOutcome.ts';
import type { RunSummary } from '../shared/auditEvent.ts';
import { titleOf, cutVisibly } from '../shared/cut.ts';
import { exact, proseLine, visibleLine } from '../shared/visible.ts';

/** What the tree shows of an action and a turn; made by the core from the log's events. */
export interface TreeAction {
  id: string;
  title: string;
  /** What ran, whole, where the title may not say all of it. */
  ran: string | undefined;
  tool: string;
  /** `open`: it has no end in the log; `left` is how it ended if nobody is at work on it. */
  outcome: ActionOutcome | 'open';
  left: ActionOutcome;
  decidedBy: string;
  durationMs: number | undefined;
  /** It ran without any sandbox. */
  outside: boolean;
  /** It changed a file, so that before and after can be compared. */
  changedFile: boolean;
  /** What it changed can be put back, as far as the log tells. */
  canRevert: boolean;
}
export interface TreeTurn {
  turn: number;
  actions: TreeAction[];
}

export type AuditNode =
  | { kind: 'run'; run: RunSummary }
  | { kind: 'turn'; run: RunSummary; turn: TreeTurn }
  | { kind: 'action'; run: RunSummary; action: TreeAction }
  | { kind: 'more'; before: number }
  | { kind: 'problem'; text: string };

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
const PAGE = 50;
/** Up to so many runs stay in sight while the tree is refreshed; whoever looks further back looks anew. */
const MOST_SHOWN = 2000;
const MOST_LOOKS = 10;
const MOST_IN_TOOLTIP = 4000;

/** The Audit Log view: run > turn > action, newest run first, live while a run goes on. */
export class AuditTree implements vscode.TreeDataProvider<AuditNode>, vscode.Disposable {
  readonly #source: AuditSource;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<AuditNode>;
  readonly #visibility: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #filter: TreeFilter = {};
  #shown = PAGE;
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
        const turns = await this.#source.turns(node.run.run, this.#filter);
        return turns.map((turn) => ({ kind: 'turn', run: node.run, turn }));
      }
      if (node.kind === 'turn') return node.turn.actions.map((action) => ({ kind: 'action', run: node.run, action }));
      return [];
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

  getTreeItem(node: AuditNode): vscode.TreeItem {
    switch (node.kind) {
      case 'run':
        return runItem(node.run);
      case 'turn': {
        const item = new vscode.TreeItem(`Turn ${node.turn.turn}`, vscode.TreeItemCollapsibleState.Expanded);
        item.id = `${node.run.run}/${node.turn.turn}`;
        item.description = node.turn.actions.length === 1 ? '1 action' : `${node.turn.actions.length} actions`;
        item.contextValue = 'turn';
        return item;
      }
      case 'action':
        return actionItem(node);
      case 'more': {
        const item = new vscode.TreeItem('Show Older Runs');
        item.id = 'more';
        item.iconPath = new vscode.ThemeIcon('ellipsis');
        item.command = { command: 'oversign.olderRuns', title: 'Show Older Runs' };
        return item;
      }
      case 'problem': {
        const item = new vscode.TreeItem(visibleLine(node.text));
        item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('errorForeground'));
        return item;
      }
    }
  }
}

const RUN_ICONS: Record<RunSummary['state'], [icon: string, color: string | undefined]> = {
  active: ['sync', undefined],
  finished: ['pass', 'testing.iconPassed'],
  stopped: ['debug-stop', undefined],
  limit: ['watch', 'list.warningForeground'],
  failed: ['error', 'errorForeground'],
  interrupted: ['warning', 'list.warningForeground'],
};

function runItem(run: RunSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(
    run.task === '' ? `Run ${run.run.slice(0, 8)}, its texts erased` : proseLine(titleOf(run.task, 120)),
    run.state === 'active' ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = run.run;
  item.description = `${run.state === 'active' ? 'running' : run.state}, ${new Date(run.time).toLocaleString()}`;
  item.iconPath = icon(RUN_ICONS[run.state]);
  item.tooltip = exact([run.task, `${run.state}: ${run.reason}`, run.folder, run.run].join('\n'));
  item.contextValue = 'run';
  return item;
}

const ACTION_COLORS: Partial<Record<ActionOutcome, string>> = {
  done: 'testing.iconPassed',
  failed: 'errorForeground',
  denied: 'errorForeground',
  interrupted: 'list.warningForeground',
  unknown: 'list.warningForeground',
};

function actionItem({ run, action }: { run: RunSummary; action: TreeAction }): vscode.TreeItem {
  const item = new vscode.TreeItem(visibleLine(action.title));
  item.id = `${run.run}/${action.id}`;
  const isOpen = action.outcome === 'open' && run.state === 'active';
  const state = isOpen ? 'under way' : action.left;
  item.description = `${action.outside ? 'OUTSIDE THE SANDBOX, ' : ''}${state}, ${visibleLine(action.decidedBy)}`;
  item.iconPath = icon(action.outside ? ['unlock', 'errorForeground'] : actionIcon(action, isOpen));
  item.tooltip = exact(
    [
      visibleLine(action.title),
      `Tool: ${visibleLine(action.tool)}`,
      `State: ${isOpen ? state : OUTCOMES[action.left].words}`,
      `Decision: ${visibleLine(action.decidedBy)}`,
      ...(action.durationMs === undefined ? [] : [`Took ${action.durationMs} ms`]),
      // Last: its lines are its own. A tooltip has no room for more; the details have all of it.
      ...(action.ran === undefined ? [] : ['', cutVisibly(action.ran, MOST_IN_TOOLTIP)]),
    ].join('\n'),
  );
  item.contextValue = `action${action.changedFile ? '-diff' : ''}${action.canRevert ? '-revert' : ''}`;
  item.command = {
    command: 'oversign.showDetails',
    title: 'Open Details',
    arguments: [{ kind: 'action', run, action }],
  };
  return item;
}

function actionIcon({ left }: TreeAction, isOpen: boolean): [string, string | undefined] {
  return isOpen ? ['circle-outline', undefined] : [OUTCOMES[left].icon, ACTION_COLORS[left]];
}

function icon([name, color]: [string, string | undefined]): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}
