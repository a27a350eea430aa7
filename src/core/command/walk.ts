import type {
  Assignment,
  Command,
  CommandNode,
  Function as FunctionNode,
  ParsedScript,
  PipelineNode,
  Redirection,
  Statement,
  SyntaxNode,
  Word as WordNode,
} from 'unbash';
import type { BashParser } from './bash.ts';
import { changeOfFolder, namesRead } from './builtins.ts';
import { condition } from './condition.ts';
import { arithmetic, expandOne, expandText, expandWord, subscript, type Expansion } from './expand.ts';
import type { Findings } from './findings.ts';
import { assignedIn } from './loopEffects.ts';
import { isCd, isListing, nameOf } from './pipes.ts';
import { plainOutput } from './plainOutput.ts';
import {
  builtInVariable,
  copyOf,
  either,
  eitherFolder,
  initialState,
  startFolder,
  isHarmlessSetting,
  isSpecialVariable,
  type ShellState,
} from './shellState.ts';
import { isOneWord, joined, known, unknown, type Word } from './word.ts';

const MOST_STEPS = 2000;
const ALONE = { isFedByListing: false, feedsNames: false };

/**
 * Walks a parsed command line as bash would run it and tells of every program start in it, whatever it is wrapped in:
 * lists, pipes, substitutions, here-documents, functions, loops and branches. Branches are all taken.
 */
export class Walk implements Expansion {
  readonly #parser: BashParser;
  readonly #findings: Findings;
  #state: ShellState;
  #steps = 0;

  constructor(parser: BashParser, findings: Findings, folders: readonly string[] | undefined) {
    this.#parser = parser;
    this.#findings = findings;
    this.#state = initialState(folders);
  }

  script(script: ParsedScript): void {
    this.#list(script.commands);
  }

  variable(name: string): Word | undefined {
    const value = this.#state.variables.get(name) ?? builtInVariable(name, this.#state.folders);
    if (!value) this.#findings.variable(name);
    return value;
  }

  forget(name: string): void {
    this.#state.variables.delete(name);
  }

  doubt(why: string): void {
    this.#findings.doubt(why);
  }

  substituted(script: ParsedScript): Word {
    this.#apart(() => {
      this.script(script);
    });
    return plainOutput(script, startFolder(this.#state.folders)) ?? unknown('');
  }

  #list(statements: readonly Statement[]): void {
    for (const { command, background } of statements) {
      if ((this.#steps += 1) > MOST_STEPS) {
        this.doubt('it has too many parts');
        return;
      }
      if (background === true)
        this.#apart(() => {
          this.#chain(command);
        });
      else this.#chain(command);
    }
  }

  /** `a && b || c`. After `cd x &&` the folder is x; after the whole it may be either. */
  #chain(node: Statement['command']): void {
    if (node.type !== 'AndOr') {
      this.#pipeline(node);
      return;
    }
    // Wherever the chain may stop: what is known after it is what all of these agree on.
    const stops: ShellState[] = [];
    for (const [index, command] of node.commands.entries()) {
      const before = this.#state.folders;
      this.#pipeline(command);
      const moved = this.#state.folders !== before && isCd(command) ? this.#lastMove : undefined;
      stops.push(copyOf(this.#state));
      const operator = node.operators[index];
      if (operator === '||') this.#state = copyOf(stops.reduce(either));
      else if (operator === '&&' && moved) this.#state.folders = moved;
    }
    this.#state = copyOf(stops.reduce(either));
  }

  #lastMove: readonly string[] | undefined;

  #pipeline(node: PipelineNode): void {
    if (node.type !== 'Pipeline') this.#command(node);
    else if (node.commands.length === 1 && node.commands[0]) this.#command(node.commands[0]);
    else
      for (const [index, command] of node.commands.entries())
        this.#apart(() => {
          this.#piped = {
            isFedByListing: isListing(node.commands.slice(0, index)),
            feedsNames: node.commands.slice(index + 1).some((one) => nameOf(one) === 'xargs'),
          };
          this.#command(command);
          this.#piped = ALONE;
        });
  }

  #piped = ALONE;

  #command(node: CommandNode): void {
    switch (node.type) {
      case 'Command':
        this.#simple(node);
        return;
      case 'Redirected':
        this.#redirections(node.redirects);
        this.#command(node.command);
        return;
      case 'Function':
        this.#function(node);
        return;
      case 'Coproc':
        this.doubt('it starts a coprocess');
        this.#apart(() => {
          if (node.body.type === 'CompoundList') this.#list(node.body.commands);
          else this.#command(node.body);
        });
        return;
      case 'Subshell':
        this.#apart(() => {
          this.#list(node.body.commands);
        });
        return;
      case 'BraceGroup':
        this.#list(node.body.commands);
        return;
      case 'If':
        this.#list(node.clause.commands);
        this.#branches([
          () => {
            this.#list(node.then.commands);
          },
          ...node.elif.map((one) => () => {
            this.#list(one.clause.commands);
            this.#list(one.then.commands);
          }),
          () => {
            this.#list(node.else?.commands ?? []);
          },
        ]);
        return;
      case 'While':
        this.#loop(node, () => {
          this.#list(node.clause.commands);
          this.#list(node.body.commands);
        });
        return;
      case 'For':
        this.#for(node.name.value, node.wordlist, node);
        return;
      case 'Select':
        this.doubt('it asks for a choice');
        this.#for(node.name.value, undefined, node);
        for (const word of node.wordlist ?? []) expandWord(word, this);
        return;
      case 'ArithmeticFor':
        this.#loop(node, () => {
          for (const one of [node.initialize, node.test, node.update]) if (one) arithmetic(one, this);
          this.#list(node.body.commands);
        });
        return;
      case 'Case':
        expandOne(node.word, this);
        for (const item of node.items) for (const pattern of item.pattern) expandOne(pattern, this);
        this.#branches([
          () => undefined,
          ...node.items.map((item) => () => {
            this.#list(item.body.commands);
          }),
        ]);
        return;
      case 'TestCommand':
        condition(node.expression, this, (word) => {
          this.#findings.path(word, 'list', this.#state.folders);
        });
        return;
      case 'ArithmeticCommand':
        if (node.expression) arithmetic(node.expression, this);
        else this.doubt('an arithmetic expression in it could not be read');
        return;
    }
  }

  #for(name: string, words: readonly WordNode[] | undefined, node: Extract<CommandNode, { body: unknown }>): void {
    const values = words?.flatMap((word) => expandWord(word, this)) ?? [unknown('')];
    const body = node.type === 'For' || node.type === 'Select' ? node.body.commands : [];
    this.#loop(node, () => {
      for (const value of values.length > 0 ? values : [unknown('')]) {
        if (value.kind === 'unknown' || isSpecialVariable(name)) this.forget(name);
        else this.#state.variables.set(name, value);
        if (isSpecialVariable(name)) this.doubt(`it sets ${name}`);
        this.#list(body);
      }
    });
    this.forget(name);
  }

  /** What a loop changes is not known in it, since it may have gone round before. */
  #loop(node: SyntaxNode, walk: () => void): void {
    const { names, moves } = assignedIn(node, this.#parser);
    if (names === 'any') this.#state.variables.clear();
    else for (const name of names) this.forget(name);
    if (moves) this.#state.folders = undefined;
    this.#branches([walk, () => undefined]);
  }

  #function(node: FunctionNode): void {
    // What a name means from then on, and what a call changes, would have to be followed call by call.
    this.doubt('it defines a function');
    const { moves } = assignedIn(node, this.#parser);
    this.#state.variables.clear(); // a call may change any
    if (moves) this.#state.folders = undefined;
    this.#apart(() => {
      this.#state = initialState(undefined);
      if (node.body.type === 'CompoundList') this.#list(node.body.commands);
      else this.#command(node.body);
    });
  }

  #simple(node: Command): void {
    const assignments = node.prefix.filter((one): one is Assignment => one.type === 'Assignment');
    if (!node.name) {
      for (const one of assignments) this.#assign(one);
      this.#redirections(node.redirects);
      return;
    }
    let words = [
      ...expandWord(node.name, this),
      ...node.args.flatMap((one) =>
        one.type === 'Word' ? expandWord(one, this) : [joined([known(`${one.name}=`), this.#assigned(one)])],
      ),
    ];
    this.#redirections(node.redirects);
    for (const one of assignments) {
      const value = this.#assigned(one);
      // Should the words come to nothing, the shell itself is set.
      if (words[0] === undefined || !isOneWord(words[0])) this.forget(one.name);
      const isForRead = one.name === 'IFS' && words[0]?.text === 'read';
      if (!isHarmlessSetting(one.name, value) && !isForRead) this.doubt(`it sets ${one.name} for a program`);
    }
    while (words[0]?.kind === 'known' && ['command', 'builtin'].includes(words[0].text)) {
      const rest = words.slice(1);
      const skipped = rest.findIndex((word) => !(word.kind === 'known' && ['-p', '--'].includes(word.text)));
      const next = rest[skipped];
      if (skipped === -1 || (next?.kind === 'known' && next.text.startsWith('-'))) break;
      words = rest.slice(skipped);
    }
    const [program] = words;
    if (!program) return;
    if (program.kind === 'known' && (program.text === 'cd' || program.text === 'read')) {
      if (program.text === 'cd') this.#cd(words.slice(1));
      else this.#read(words.slice(1));
      return;
    }
    this.#findings.invocation({ words, folders: this.#state.folders, ...this.#piped });
  }

  /** Sets a variable of the shell; one after the other, each may use the one before. */
  #assign(one: Assignment): void {
    const value = this.#assigned(one);
    if (isSpecialVariable(one.name)) this.doubt(`it sets ${one.name}`);
    if (one.index || one.append === true || one.value.type === 'ArrayValue' || value.kind === 'unknown')
      this.forget(one.name);
    else this.#state.variables.set(one.name, value);
  }

  #assigned({ value, index }: Assignment): Word {
    if (index) subscript(expandOne(index, this), this);
    if (value.type === 'Word') return expandOne(value, this);
    for (const element of value.elements)
      for (const word of expandWord(element, this))
        if (element.text.includes('[') || word.kind === 'unknown') this.doubt('it computes keys of an array');
    return unknown('(…)');
  }

  #cd(args: readonly Word[]): void {
    const { folders } = this.#state;
    const move = changeOfFolder(args, folders);
    if (move.doubt !== undefined) this.doubt(move.doubt);
    if (move.target) this.#findings.path(move.target, 'list', folders);
    this.#lastMove = move.folders;
    this.#state.folders = eitherFolder(folders, move.folders);
  }

  #read(args: readonly Word[]): void {
    for (const name of namesRead(args)) {
      if (name === undefined) this.doubt('it reads into a name it computes');
      else if (isSpecialVariable(name)) this.doubt(`it sets ${name}`);
      else this.forget(name);
    }
  }

  #redirections(redirects: readonly Redirection[]): void {
    for (const one of redirects) {
      if (one.descriptor?.type === 'FileDescriptorVariable') this.doubt('it keeps a file descriptor in a variable');
      if (one.type === 'HereDoc') expandText(one.body.parts ?? [], this);
      else if (one.type === 'HereString') {
        if (one.target) expandOne(one.target, this);
      } else if (one.target) {
        const target = expandOne(one.target, this);
        const isDuplicate =
          /^[<>]&$/.test(one.operator) && target.kind === 'known' && /^([0-9]+-?|-)$/.test(target.text);
        if (!isDuplicate) this.#findings.path(target, one.operator === '<' ? 'read' : 'write', this.#state.folders);
      }
    }
  }

  /** In a shell of its own: what it changes is gone afterwards. */
  #apart(walk: () => void): void {
    const before = copyOf(this.#state);
    walk();
    this.#state = before;
  }

  /** One of these happens, and nobody knows which. */
  #branches(walks: readonly (() => void)[]): void {
    const before = copyOf(this.#state);
    let after: ShellState | undefined;
    for (const walk of walks) {
      this.#state = copyOf(before);
      walk();
      after = after ? either(after, this.#state) : this.#state;
    }
    this.#state = after ?? before;
  }
}
