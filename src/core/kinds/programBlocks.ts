import type { Block, Words } from '../../shared/block.ts';
import type { ReadAction } from '../audit/storedAction.ts';

/** The programs of a command, each with why it is not known to only look; then what is so of the whole line. */
export function programBlocks({ programs, doubts }: NonNullable<ReadAction['command']>): Block[] {
  const items = programs.map((words, index): Words => {
    const doubt = doubts.find(({ program }) => program === index)?.why;
    const program = { exact: words.map((word) => word ?? '…').join(' ') };
    return doubt === undefined ? [program, ' (known to only look)'] : [program, ' (', { exact: doubt }, ')'];
  });
  const whole = doubts
    .filter(({ program }) => program === undefined)
    .map(({ why }): Words => ['the whole line: ', { exact: why }]);
  const title = 'What is in the command';
  const all = [...items, ...whole];
  return all.length === 0 ? [] : [{ kind: 'list', name: 'programs', title, label: title, items: all, left: 0, of: '' }];
}
