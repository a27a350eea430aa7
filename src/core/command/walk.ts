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
  TestExpression,
  Word as WordNode,
} from 'unbash';
import type { BashParser } from './bash.ts';
import { arithmetic, expandOne, expandText, expandWord, subscript, type Expansion } from './expand.ts';
import { assignedIn } from './loopEffects.ts';
import {
  builtInVariable,
  copyOf,
  either,
  eitherFolder,
  initialState,
  startFolder,
  isHarmlessSetting,
  isSpecialVariable,
  seenFrom,
  type ShellState,
} from './shellState.ts';
import { isOneWord, joined, known, place, unknown, type Word } from './word.ts';

/** One start of a program, as bash would make it: its words, and the folders it may be started in. */
export interface Invocation {
  words: Word[];
  folders: readonly string[] | undefined;
  /** In a pipe: what comes in are names that a listing made; what goes out is read as names by \`xargs\`. */
  isFedByListing: boolean;
  feedsNames: boolean;
}

/** Whom the walk tells what it finds. */
export interface Findings {
  invocation(found: Invocation): void;
  /** A path that bash itself opens or asks about. */
  path(word: Word, access: 'read' | 'list' | 'write', folders: readonly string[] | undefined): void;
  /** A variable is used that this line did not set. */
  variable(name: string): void;
  /** Something that was not understood, or that may do more than can be seen. */
  doubt(why: string): void;
}

const MOST_STEPS = 2000;

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
        this.#test(node.expression);
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

  #test(node: TestExpression): void {
    switch (node.type) {
      case 'TestUnary': {
        const operand = expandOne(node.operand, this);
        if (/^-[vR]$/.test(node.operator)) subscript(operand, this);
        else if (/^-[a-hkprstuwxGLNOS]$/.test(node.operator) && node.operator !== '-t')
          this.#findings.path(operand, 'list', this.#state.folders);
        return;
      }
      case 'TestBinary': {
        const sides = [expandOne(node.left, this), expandOne(node.right, this)];
        if (/^-(eq|ne|lt|le|gt|ge)$/.test(node.operator)) for (const side of sides) subscript(side, this);
        return;
      }
      case 'TestLogical':
        for (const one of node.operands) this.#test(one);
        return;
      case 'TestNot':
        this.#test(node.operand);
        return;
      case 'TestGroup':
        this.#test(node.expression);
    }
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
    const operands = args.filter((word) => word.kind !== 'known' || !/^(-[LPe]+|--)$/.test(word.text));
    const [target = place('~'), ...more] = operands;
    const { folders } = this.#state;
    if (target.text === '-') this.doubt('cd - goes to a folder that cannot be known beforehand');
    if (more.length > 0 || target.kind !== 'known' || /^-|^$/.test(target.text) || !folders) {
      if (target.kind === 'known' && !target.text.startsWith('-')) this.#findings.path(target, 'list', folders);
      this.#lastMove = undefined;
      this.#state.folders = undefined;
      return;
    }
    this.#findings.path(target, 'list', folders);
    this.#lastMove = folders.map((folder) => seenFrom(folder, target.text));
    this.#state.folders = eitherFolder(folders, this.#lastMove);
  }

  #read(args: readonly Word[]): void {
    for (const word of args) {
      if (word.kind !== 'known' || /[^A-Za-z0-9_-]/.test(word.text)) this.doubt('it reads into a name it computes');
      else if (isSpecialVariable(word.text)) this.doubt(`it sets ${word.text}`);
      else this.forget(word.text);
    }
    this.forget('REPLY');
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

const ALONE = { isFedByListing: false, feedsNames: false };
const FILTERS = /^(grep|egrep|head|tail|sort|uniq)$/;

/** Whether a pipe so far starts with a listing of names and only filters them. */
function isListing(commands: readonly CommandNode[]): boolean {
  const [first, ...more] = commands;
  return first !== undefined && listsNames(first) && more.every((one) => FILTERS.test(nameOf(one)));
}

function listsNames(node: CommandNode): boolean {
  const words = node.type === 'Command' ? node.args.map((word) => (word.type === 'Word' ? word.value : '')) : [];
  switch (nameOf(node)) {
    case 'find':
      return !words.some((word) => /^-(printf|exec|ok|ls)/.test(word));
    case 'ls':
      return !words.some((word) => /^-\w*[lsgnoi]/.test(word));
    case 'grep':
      return words.some((word) => /^(-\w*[lL]\w*|--files-with(out)?-match(es)?)$/.test(word));
    case 'rg':
      return words.some((word) => /^(-\w*l\w*|--files|--files-with(out)?-match(es)?)$/.test(word));
    case 'git':
      return words[0] === 'ls-files' || (words[0] === 'grep' && words.includes('-l')) || words.includes('--name-only');
    default:
      return false;
  }
}

function nameOf(node: CommandNode): string {
  return node.type === 'Command' && node.name && !node.name.parts ? node.name.value : '';
}

function isCd(node: PipelineNode): boolean {
  return node.type === 'Command' && node.name?.value === 'cd';
}

/** The output of the few substitutions that people write all the time, where it is surely harmless. */
function plainOutput(script: ParsedScript, start: Word | undefined): Word | undefined {
  const [only, ...more] = script.commands;
  const node = only?.command;
  if (node?.type !== 'Command' || more.length > 0 || node.prefix.length > 0 || node.redirects.length > 0)
    return undefined;
  const text = [node.name, ...node.args]
    .map((word) => (word?.type === 'Word' && !word.parts ? word.value : '\0'))
    .join(' ');
  if (/^(pwd|git rev-parse --show-toplevel)$/.test(text)) return start;
  // Names of revisions: they start with no dash.
  if (
    /^git (merge-base( [\w][\w./~^-]*){2}|describe --tags --abbrev=0|rev-parse( --short| --verify| --abbrev-ref)* [\w][\w./~^-]*)$/.test(
      text,
    )
  )
    return known('HEAD');
  return undefined;
}
