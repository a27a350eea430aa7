import type { PanelState, RunState } from '../../src/shared/runView.ts';

type Workplace = NonNullable<PanelState['workplace']>;

/** Where a run works, will work or worked; whose policies bound it; what is open beside it. */
export function worksInWords({ folders, others }: Workplace, state: RunState | undefined): string {
  const labels = folders.map(({ label }) => label);
  const bounding = folders.filter(({ bounds }) => bounds).map(({ label }) => label);
  return [
    `${verbOf(state)} ${listed(labels)}.`,
    ...(bounding.length === 0 || folders.length === 1
      ? []
      : [`Bounded by the ${bounding.length === 1 ? 'policy' : 'policies'} of ${listed(bounding)}.`]),
    ...(others.length === 0 ? [] : [`Not in ${listed(others)}.`]),
  ].join(' ');
}

/** Where the folders stand. */
export function worksInTitle({ folders }: Workplace): string {
  return folders.map(({ label, path }) => `${label}: ${path}`).join('\n');
}

function verbOf(state: RunState | undefined): string {
  switch (state) {
    case undefined:
      return 'Will work in';
    case 'running':
    case 'waiting':
    case 'stopping':
      return 'Works in';
    case 'finished':
    case 'stopped':
    case 'limit':
    case 'failed':
    case 'interrupted':
      return 'Worked in';
  }
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length <= 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
