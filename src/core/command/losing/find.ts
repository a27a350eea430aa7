import { known, type Word } from '../word.ts';
import type { Loser, Losing } from './losing.ts';

/** Without any other condition everything below the start fits. */
const NO_CONDITION = /^-(delete|depth|d|print|print0|ls|noleaf|nowarn|warn|mount|xdev|ignore_readdir_race)$/;

/** What it starts with `-exec` is a program start of its own. */
export const find: Loser = (args) => {
  const from = args.findIndex(({ text }) => !/^-([HLP]|O[0-3])$/.test(text));
  const rest = from === -1 ? [] : args.slice(from);
  const end = rest.findIndex(({ text }) => /^[-(!),]/.test(text));
  const given = end === -1 ? rest : rest.slice(0, end);
  const expression = end === -1 ? [] : rest.slice(end);
  const starts = given.length > 0 ? given : [known('.')];
  const written = expression.flatMap((word, index): Losing[] => {
    const at: Word | undefined = expression[index + 1];
    return at && /^-f(print0?|printf|ls)$/.test(word.text) ? [{ kind: 'replaced', at }] : [];
  });
  if (!expression.some(({ text }) => text === '-delete')) return written;
  const isAll = expression.every(({ text }) => NO_CONDITION.test(text));
  return [
    ...written,
    ...starts.map((at): Losing => (isAll ? { kind: 'deleted', at } : { kind: 'some', does: 'deletes', below: at })),
  ];
};
