import type {
  Assignment,
  Command,
  CompoundList,
  Elif,
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
import { behindCommand, changeOfFolder, namesRead } from './builtins.ts';
import { condition } from './condition.ts';
import { arithmetic, expandOne, expandText, expandWord, subscript, type Expansion } from './expand.ts';
import type { Findings } from './findings.ts';
import { assignedIn } from './loopEffects.ts';
import { ALONE, inPipe, isCd } from './pipes.ts';
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

/**
 * Walks a parsed command line as bash would run it and tells of every program start in it, whatever it is wrapped in:
 * lists, pipes, substitutions, here-documents, functions, loops and branches. Branches are all taken.
 */
export class Walk implements Expansion {
  readonly #parser: BashParser;
  readonly #findings: Findings;
  readonly #isTop: boolean;
  #state: ShellState;
  #steps = 0;

  /** `isTop`: the line starts at the top of a git work tree. */
  constructor(parser: BashParser, findings: Findings, folders: readonly string[] | undefined, isTop: boolean) {
    this.#isTop = isTop;
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
    return plainOutput(script, startFolder(this.#state.folders), this.#isTop) ?? unknown('');
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
      if (node.operators[index] === '||') this.#state = copyOf(stops.reduce(either));
      else if (node.operators[index] === '&&' && moved) this.#state.folders = moved;
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
          this.#piped = inPipe(node.commands, index);
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
          this.#later(node.then),
          () => {
            this.#otherwise(node.elif, node.else);
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
        if (node.items.some(({ terminator }) => terminator === ';&' || terminator === ';;&'))
          this.doubt('a branch of its case goes on into the next');
        this.#branches([() => undefined, ...node.items.map(({ body }) => this.#later(body))]);
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

  #later({ commands }: CompoundList): () => void {
    return () => {
      this.#list(commands);
    };
  }

  /** Each `elif` is asked in the state that those before it have left. */
  #otherwise([next, ...more]: readonly Elif[], last: CompoundList | undefined): void {
    if (!next) {
      this.#list(last?.commands ?? []);
      return;
    }
    this.#list(next.clause.commands);
    this.#branches([
      this.#later(next.then),
      () => {
        this.#otherwise(more, last);
      },
    ]);
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
    const words = behindCommand([
      ...expandWord(node.name, this),
      ...node.args.flatMap((one) =>
        one.type === 'Word' ? expandWord(one, this) : [joined([known(`${one.name}=`), this.#assigned(one)])],
      ),
    ]);
    this.#redirections(node.redirects);
    for (const one of assignments) {
      const value = this.#assigned(one);
      // Should the words come to nothing, the shell itself is set.
      if (words[0] === undefined || !isOneWord(words[0])) this.forget(one.name);
      const isForRead = one.name === 'IFS' && words[0]?.text === 'read';
      if (!isHarmlessSetting(one.name, value) && !isForRead) this.doubt(`it sets ${one.name} for a program`);
    }
    const [program, ...args] = words;
    const name = program?.kind === 'known' ? program.text : '';
    if (name === 'cd') this.#cd(args);
    else if (name === 'read') this.#read(args);
    else if (program) this.#findings.invocation({ words, folders: this.#state.folders, ...this.#piped });
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
