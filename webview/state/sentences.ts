import { OUTCOMES } from '../../src/shared/actionOutcome.ts';
import type { Loss } from '../../src/shared/block.ts';
import type { ActionStatus, RunState, RunView } from '../../src/shared/runView.ts';

/** "1 file", "3 files". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in the decimal units that file managers use: "812 bytes", "1.2 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 would round up to "1000.0 kB".
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${UNITS[unit] ?? 'TB'}`;
}

export function trackedSentence(tracked: Loss['tracked']): string {
  switch (tracked) {
    case 'tracked':
      return 'Tracked by version control.';
    case 'partly tracked':
      return 'Only partly tracked by version control.';
    case 'not tracked':
      return 'Not tracked by version control.';
    case 'unknown':
      return 'It is not known whether version control tracks it.';
  }
}

export function runStateWord(state: RunState): string {
  switch (state) {
    case 'running':
      return 'Running';
    case 'waiting':
      return 'Waiting for you';
    case 'stopping':
      return 'Stopping';
    case 'finished':
      return 'Finished';
    case 'stopped':
      return 'Stopped';
    case 'limit':
      return 'Stopped at a limit';
    case 'failed':
      return 'Failed';
    case 'interrupted':
      return 'Interrupted';
  }
}

export function actionStatusWord(status: ActionStatus): string {
  switch (status) {
    case 'deciding':
      return 'Being decided';
    case 'waiting':
      return 'Waiting for your answer';
    case 'running':
      return 'Running';
    default:
      return OUTCOMES[status].words;
  }
}

/** A run that is under way takes messages and can be stopped; any other can be continued. */
export function underWay<T extends Pick<RunView, 'state'>>(run: T | undefined): run is T {
  return run?.state === 'running' || run?.state === 'waiting' || run?.state === 'stopping';
}
