import { expectedGrammar, grammarOf, problemIn } from '../../grammar/grammars.ts';
import { problemWords } from '../../grammar/problem.ts';
import { MAX_TEXT } from '../../editedText.ts';
import { ToolFailure } from '../../outcome.ts';
import { textOf } from '../text.ts';
import type { CallContext } from '../tool.ts';

/**
 * What parsed before does so afterwards: a change after which no program could read the file is refused, with the
 * place. Whoever wants it all the same deletes the file first, which asks.
 */
export async function refuseLeftBroken(change: { path: string; before: string; after: string; shown: string }) {
  const { path, before, after, shown } = change;
  const grammar = before.trim() === '' ? undefined : await grammarOf(path, before);
  const problem = grammar && (await problemIn(grammar, after));
  if (problem)
    throw new ToolFailure(
      `${shown} would no longer be ${grammar.words}: ${problemWords(problem)} of what it would hold. Nothing was written`,
    );
}

/** The same where a file is put in the place of another. What may not be read is not looked into. */
export async function refuseReplacedByBroken(from: string, to: string, context: CallContext) {
  if (!expectedGrammar(to) || [from, to].some((path) => context.scope.standing(path, 'read').kind !== 'free')) return;
  const text = async (path: string): Promise<string | undefined> => {
    try {
      return textOf(await context.files.read(path, MAX_TEXT), path);
    } catch (error) {
      if (error instanceof ToolFailure) return undefined; // no text, or more than is looked into
      throw error;
    }
  };
  const [after, before] = [await text(from), await text(to)];
  if (before === undefined) return;
  await refuseLeftBroken({ path: to, before, after: after ?? '\0', shown: context.scope.shown(to) });
}

/** What is wrong with a text of which none was right before, in a sentence; undefined where it can be read. */
export async function brokenWords(path: string, text: string): Promise<string | undefined> {
  const expected = expectedGrammar(path);
  if (!expected || (await grammarOf(path, text))) return undefined;
  const problem = await problemIn(expected, text);
  return problem && `Careful: this is not ${expected.words}: ${problemWords(problem)}.`;
}
