import type * as bash from 'unbash';
import type { BashParser } from './bash.ts';
import { expandOne, expandWord } from './expand.ts';
import { assignedIn } from './loopEffects.ts';
import type { Shell } from './shell.ts';
import { unknown } from './word.ts';

/** Who walks what stands inside compound commands. */
export interface Walker {
  readonly shell: Shell;
  readonly parser: BashParser;
  list(statements: readonly bash.Statement[]): void;
  command(node: bash.CommandNode): void;
}

export function walkIf(node: bash.If, walker: Walker): void {
  walker.list(node.clause.commands);
  walker.shell.branches([
    later(node.then, walker),
    () => {
      otherwise(node.elif, node.else, walker);
    },
  ]);
}

/** Each `elif` is asked in the state that those before it have left. */
function otherwise([next, ...more]: readonly bash.Elif[], last: bash.CompoundList | undefined, walker: Walker): void {
  if (!next) {
    walker.list(last?.commands ?? []);
    return;
  }
  walker.list(next.clause.commands);
  walker.shell.branches([
    later(next.then, walker),
    () => {
      otherwise(more, last, walker);
    },
  ]);
}

export function walkCase(node: bash.Case, walker: Walker): void {
  const { shell } = walker;
  expandOne(node.word, shell);
  for (const item of node.items) for (const pattern of item.pattern) expandOne(pattern, shell);
  if (node.items.some(({ terminator }) => terminator === ';&' || terminator === ';;&'))
    shell.unread('a branch of its case goes on into the next');
  shell.branches([() => undefined, ...node.items.map(({ body }) => later(body, walker))]);
}

export function walkFor(node: bash.For | bash.Select, words: readonly bash.Word[] | undefined, walker: Walker): void {
  const { shell } = walker;
  const name = node.name.value;
  const values = words?.flatMap((word) => expandWord(word, shell)) ?? [unknown('')];
  walkLoop(node, walker, () => {
    for (const value of values.length > 0 ? values : [unknown('')]) {
      shell.set(name, value);
      walker.list(node.body.commands);
    }
  });
  shell.forget(name);
}

/** What a loop changes is not known in it, since it may have gone round before. */
export function walkLoop(node: bash.SyntaxNode, { shell, parser }: Walker, walk: () => void): void {
  const { names, moves } = assignedIn(node, parser, shell.effort);
  if (names === 'any') shell.forgetVariables();
  else for (const name of names) shell.forget(name);
  if (moves) shell.forgetFolder();
  shell.branches([walk, () => undefined]);
}

export function walkFunction(node: bash.Function, walker: Walker): void {
  const { shell, parser } = walker;
  // What a name means from then on, and what a call changes, would have to be followed call by call.
  shell.unread('it defines a function');
  const { moves } = assignedIn(node, parser, shell.effort);
  shell.forgetVariables(); // a call may change any
  if (moves) shell.forgetFolder();
  shell.apart(() => {
    shell.forgetAll();
    walkBody(node.body, walker);
  });
}

export function walkBody(body: bash.CompoundList | bash.CommandNode, walker: Walker): void {
  if (body.type === 'CompoundList') walker.list(body.commands);
  else walker.command(body);
}

function later({ commands }: bash.CompoundList, walker: Walker): () => void {
  return () => {
    walker.list(commands);
  };
}
