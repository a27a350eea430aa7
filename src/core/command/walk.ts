import type * as bash from 'unbash';
import type { BashParser } from './bash.ts';
import { assigned, evaluated, readInto, setForProgram, setSpecial, wordsOfCommand } from './assignments.ts';
import { behindStack, changeOfFolder } from './builtins.ts';
import { condition } from './condition.ts';
import { assignAll, setsUnseen } from './declare.ts';
import { TooMuch, type Effort } from './effort.ts';
import { arithmetic, expandOne, expandWord, type Expansion } from './expand.ts';
import type { Findings } from './findings.ts';
import { opened, outputOf, shared, UNKNOWN_INPUT, type Input } from './input.ts';
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
  isSpecialVariable,
  type ShellState,
} from './shellState.ts';
import { Teller } from './teller.ts';
import { unknown, type Word } from './word.ts';

const MOST_EVALUATIONS = 8;

/**
 * Walks a parsed command line as bash would run it and tells of every program start in it, whatever it is wrapped in:
 * lists, pipes, substitutions, here-documents, functions, loops and branches. Branches are all taken.
 */
export class Walk extends Teller implements Expansion {
  readonly #parser: BashParser;
  readonly #isTop: boolean;
  #state: ShellState;
  #evaluations = 0;
  /** What programs read that are given nothing else. */
  #input: Input;

  /** `isTop`: the line starts at the top of a git work tree. */
  constructor(
    parser: BashParser,
    findings: Findings,
    start: { folders: ShellState['folders']; input: Input; isTop: boolean; effort: Effort },
  ) {
    super(findings, start.effort);
    this.#isTop = start.isTop;
    this.#parser = parser;
    this.#state = initialState(start.folders);
    this.#input = start.input;
  }

  script(script: bash.ParsedScript): void {
    this.#list(script.commands);
  }

  variable(name: string): Word | undefined {
    const value = this.#state.variables.get(name) ?? builtInVariable(name, this.#state.folders);
    if (!value && /^\w/.test(name)) this.findings.variable(name);
    return value;
  }

  forget(name: string): void {
    this.#state.variables.delete(name);
  }

  substituted(script: bash.ParsedScript, isFed: boolean): Word {
    const around = this.#input;
    if (isFed) this.#input = UNKNOWN_INPUT;
    this.#apart(this.#later(script));
    this.#input = around;
    return plainOutput(script, startFolder(this.#state.folders), this.#isTop) ?? unknown('');
  }

  #list(statements: readonly bash.Statement[]): void {
    for (const { command, background } of statements) {
      this.effort.step();
      if (background === true)
        this.#apart(() => {
          this.#chain(command);
        });
      else this.#chain(command);
    }
  }

  /** `a && b || c`. After `cd x &&` the folder is x; after the whole it may be either. */
  #chain(node: bash.Statement['command']): void {
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
      stops.push(this.#kept());
      if (node.operators[index] === '||') this.#state = copyOf(stops.reduce(either));
      else if (node.operators[index] === '&&' && moved) this.#state.folders = moved;
    }
    this.#state = copyOf(stops.reduce(either));
  }

  #lastMove: readonly string[] | undefined;

  #pipeline(node: bash.PipelineNode): void {
    if (node.type !== 'Pipeline') this.#command(node);
    else if (node.commands.length === 1 && node.commands[0]) this.#command(node.commands[0]);
    else {
      const places = inPipe(node.commands);
      const around = this.#input;
      for (const [index, command] of node.commands.entries())
        this.#apart(() => {
          // What a pipe brings goes to one program whole, or in unknown parts to several.
          if (index > 0) this.#input = command.type === 'Command' ? this.#output : shared(this.#output);
          this.#output = UNKNOWN_INPUT;
          this.#piped = places[index] ?? ALONE;
          this.#command(command);
          this.#piped = ALONE;
          this.#input = around;
        });
    }
  }

  #piped = ALONE;
  #output: Input = UNKNOWN_INPUT;

  #command(node: bash.CommandNode): void {
    switch (node.type) {
      case 'Command':
        this.#simple(node);
        return;
      case 'Redirected': {
        const around = this.#input;
        this.#input = shared(this.#redirections(node.redirects));
        this.#command(node.command);
        this.#input = around;
        this.#output = UNKNOWN_INPUT;
        return;
      }
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
        this.#apart(this.#later(node.body));
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
          this.unread('a branch of its case goes on into the next');
        this.#branches([() => undefined, ...node.items.map(({ body }) => this.#later(body))]);
        return;
      case 'TestCommand':
        condition(node.expression, this, (word) => {
          this.findings.path(word, 'list', this.#state.folders);
        });
        return;
      case 'ArithmeticCommand':
        if (node.expression) arithmetic(node.expression, this);
        else this.unread('an arithmetic expression in it could not be read');
        return;
    }
  }

  #later({ commands }: Pick<bash.CompoundList, 'commands'>): () => void {
    return () => {
      this.#list(commands);
    };
  }

  /** Each `elif` is asked in the state that those before it have left. */
  #otherwise([next, ...more]: readonly bash.Elif[], last: bash.CompoundList | undefined): void {
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

  #for(
    name: string,
    words: readonly bash.Word[] | undefined,
    node: Extract<bash.CommandNode, { body: unknown }>,
  ): void {
    const values = words?.flatMap((word) => expandWord(word, this)) ?? [unknown('')];
    const body = node.type === 'For' || node.type === 'Select' ? node.body.commands : [];
    this.#loop(node, () => {
      for (const value of values.length > 0 ? values : [unknown('')]) {
        if (value.kind === 'unknown' || isSpecialVariable(name)) this.forget(name);
        else this.#state.variables.set(name, value);
        if (isSpecialVariable(name)) setSpecial(name, value, this);
        this.#list(body);
      }
    });
    this.forget(name);
  }

  /** What a loop changes is not known in it, since it may have gone round before. */
  #loop(node: bash.SyntaxNode, walk: () => void): void {
    const { names, moves } = assignedIn(node, this.#parser, this.effort);
    if (names === 'any') this.#state.variables.clear();
    else for (const name of names) this.forget(name);
    if (moves) this.#state.folders = undefined;
    this.#branches([walk, () => undefined]);
  }

  #function(node: bash.Function): void {
    // What a name means from then on, and what a call changes, would have to be followed call by call.
    this.unread('it defines a function');
    const { moves } = assignedIn(node, this.#parser, this.effort);
    this.#state.variables.clear(); // a call may change any
    if (moves) this.#state.folders = undefined;
    this.#apart(() => {
      this.#state = initialState(undefined);
      if (node.body.type === 'CompoundList') this.#list(node.body.commands);
      else this.#command(node.body);
    });
  }

  #simple(node: bash.Command): void {
    const assignments = node.prefix.filter((one): one is bash.Assignment => one.type === 'Assignment');
    if (!node.name) {
      for (const one of assignments) this.#assign(one);
      this.#redirections(node.redirects);
      return;
    }
    const words = wordsOfCommand(node, this);
    const input = this.#redirections(node.redirects);
    for (const one of assignments) setForProgram(one, words[0], this);
    const [program, ...args] = words;
    const name = program?.kind === 'known' ? program.text : '';
    if (name === 'cd') this.#cd(args);
    else if (name === 'read') readInto(args, this);
    else if (program) {
      this.findings.invocation({ words, folders: this.#state.folders, ...this.#piped, input });
      if (name === 'eval') this.#evaluate(args);
      else if (name === 'pushd' || name === 'popd') this.#cd(behindStack(name, args));
      else if (setsUnseen(words)) this.#state.variables.clear();
      for (const one of node.args) if (one.type === 'Assignment' && assignAll(name)) this.#assign(one);
      // From here on programs read what this opens.
      if (name === 'exec' && input !== this.#input) this.#input = UNKNOWN_INPUT;
    }
    this.#output = outputOf(words, input);
  }

  /** A text that is run as if it stood here; it may hold itself. */
  #evaluate(args: readonly Word[]): void {
    if ((this.#evaluations += 1) > MOST_EVALUATIONS) throw new TooMuch('it starts shells within shells');
    const script = evaluated(args, this.#parser, this);
    if (script) this.script(script);
    else this.#state = initialState(undefined);
    this.#evaluations -= 1;
  }

  /** Sets a variable of the shell; one after the other, each may use the one before. */
  #assign(one: bash.Assignment): void {
    const value = assigned(one, this);
    if (isSpecialVariable(one.name)) setSpecial(one.name, value, this);
    if (
      one.index ||
      one.append === true ||
      one.value.type === 'ArrayValue' ||
      value.kind === 'unknown' ||
      isSpecialVariable(one.name)
    )
      this.forget(one.name);
    else this.#state.variables.set(one.name, value);
  }

  #cd(args: readonly Word[]): void {
    const { folders } = this.#state;
    const move = changeOfFolder(args, folders);
    for (const folder of move.folders ?? []) this.effort.text(folder.length);
    if (move.doubt !== undefined) this.doubt(move.doubt);
    if (move.target) this.findings.path(move.target, 'list', folders);
    this.#lastMove = move.folders;
    this.#state.folders = eitherFolder(folders, move.folders);
  }

  #redirections(redirects: readonly bash.Redirection[]): Input {
    return opened(redirects, this.#input, this, (target, access) => {
      this.findings.path(target, access, this.#state.folders);
    });
  }

  #kept(): ShellState {
    this.effort.step(1 + (this.#state.variables.size >> 2));
    return copyOf(this.#state);
  }

  /** In a shell of its own: what it changes is gone afterwards. */
  #apart(walk: () => void): void {
    const before = this.#kept();
    walk();
    this.#state = before;
  }

  /** One of these happens, and nobody knows which. */
  #branches(walks: readonly (() => void)[]): void {
    const before = this.#kept();
    let after: ShellState | undefined;
    for (const walk of walks) {
      this.effort.step(1 + (before.variables.size >> 2));
      this.#state = copyOf(before);
      walk();
      after = after ? either(after, this.#state) : this.#state;
    }
    this.#state = after ?? before;
  }
}
