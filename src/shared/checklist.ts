import * as z from 'zod';

/** `pass`: as it should be. `advice`: nothing is open by it, and it could be better. `fail`: something is open. */
export const CHECK_STATES = ['pass', 'advice', 'fail', 'unknown'] as const;

/** One item of the security checklist, as it stands now. */
export const CheckItemSchema = z.strictObject({
  /** Stays the same over versions. */
  id: z.string(),
  title: z.string(),
  state: z.enum(CHECK_STATES),
  /** How it stands, as a sentence. */
  words: z.string(),
  /** Why it matters. */
  why: z.string(),
  /** What to do, where something is to be done. */
  fix: z.string().exactOptional(),
  /** The command of the editor that does it, or leads there. */
  command: z.string().exactOptional(),
  /** What it was read from. */
  evidence: z.array(z.string()),
});
export type CheckItem = z.infer<typeof CheckItemSchema>;

/** "14 of 18 as they should be; 2 open." */
export function checklistWords(items: readonly CheckItem[]): string {
  const count = (state: CheckItem['state']): number => items.filter((item) => item.state === state).length;
  const open = count('fail') === 0 ? '' : `; ${count('fail')} open`;
  return `${count('pass')} of ${items.length} as they should be${open}.`;
}
