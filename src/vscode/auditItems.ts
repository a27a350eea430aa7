import * as vscode from 'vscode';
import { durationWords } from '../shared/outcomeWords.ts';
import { OUTCOMES, type ActionOutcome } from '../shared/actionOutcome.ts';
import type { RunSummary } from '../shared/auditEvent.ts';
import { cutVisibly, titleOf } from '../shared/cut.ts';
import type { TreeAction, TreeTurn } from '../shared/treeAction.ts';
import { exact, proseLine, visibleLine } from '../shared/visible.ts';

export type AuditNode =
  | { kind: 'run'; run: RunSummary }
  | { kind: 'turn'; run: RunSummary; turn: TreeTurn }
  /** `turn`: the one that it stands below, where that has several. */
  | { kind: 'action'; run: RunSummary; turn?: TreeTurn; action: TreeAction }
  | { kind: 'more'; before: number }
  | { kind: 'problem'; text: string };

const MOST_IN_TOOLTIP = 4000;
const MOST_SAID = 60;
/** What is quicker is over at once, for whoever looks. */
const LONG_MS = 100;

/** A turn of one action is no level of its own. */
export function belowRun(run: RunSummary, turns: readonly TreeTurn[]): AuditNode[] {
  return turns.map((turn): AuditNode => {
    const [action, ...others] = turn.actions;
    return action && others.length === 0 ? { kind: 'action', run, action } : { kind: 'turn', run, turn };
  });
}

export function belowTurn({ run, turn }: Extract<AuditNode, { kind: 'turn' }>): AuditNode[] {
  return turn.actions.map((action) => ({ kind: 'action', run, turn, action }));
}

/** An entry as the tree shows it. */
export function itemOf(node: AuditNode): vscode.TreeItem {
  switch (node.kind) {
    case 'run':
      return runItem(node.run);
    case 'turn': {
      const item = new vscode.TreeItem(`Turn ${node.turn.turn}`, vscode.TreeItemCollapsibleState.Expanded);
      item.id = `${node.run.run}/${node.turn.turn}`;
      item.description = `${node.turn.actions.length} actions`;
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
  // The decision comes first: a narrow side bar cuts the end.
  const item = new vscode.TreeItem(`${action.decision} · ${visibleLine(action.title)}`);
  item.id = `${run.run}/${action.id}`;
  const isOpen = action.outcome === 'open' && run.state === 'active';
  const state = isOpen ? 'under way' : action.left;
  item.description = [
    ...(action.outside ? ['OUTSIDE THE SANDBOX'] : []),
    ...(action.said === undefined ? [] : [`“${cutVisibly(proseLine(action.said), MOST_SAID)}”`]),
    ...byRule(action),
    // What was denied did not happen: that is said already.
    ...(action.left === 'denied' ? [] : [state]),
    ...(action.durationMs === undefined || action.durationMs < LONG_MS ? [] : [durationWords(action.durationMs)]),
  ].join(' · ');
  item.iconPath = icon(action.outside ? ['unlock', 'errorForeground'] : actionIcon(action, isOpen));
  item.tooltip = exact(
    [
      visibleLine(action.title),
      `Tool: ${visibleLine(action.tool)}`,
      `State: ${isOpen ? state : OUTCOMES[action.left].words}`,
      `Decision: ${visibleLine(action.decidedBy)}`,
      ...(action.said === undefined ? [] : [`You said: “${proseLine(action.said)}”`]),
      ...(action.durationMs === undefined ? [] : [`Took ${durationWords(action.durationMs)}`]),
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

/** "by workspace-read": what the short decision leaves out. */
function byRule({ decidedBy }: TreeAction): string[] {
  const rule = /^(?:allowed|denied) (by (?!you\b|input\b).*)$/s.exec(decidedBy)?.[1];
  return rule === undefined ? [] : [visibleLine(rule)];
}

function actionIcon({ left }: TreeAction, isOpen: boolean): [string, string | undefined] {
  return isOpen ? ['circle-outline', undefined] : [OUTCOMES[left].icon, ACTION_COLORS[left]];
}

function icon([name, color]: [string, string | undefined]): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}
