import type * as bash from 'unbash';
import { evaluated, readInto, setForProgram, wordsOfCommand } from './assignments.ts';
import type { BashParser } from './bash.ts';
import { behindStack } from './builtins.ts';
import { walkBody, walkCase, walkFor, walkFunction, walkIf, walkLoop, type Walker } from './compound.ts';
import { condition } from './condition.ts';
import { assignAll, setsUnseen } from './declare.ts';
import { TooMuch } from './effort.ts';
import { arithmetic, expandWord } from './expand.ts';
import type { Findings } from './findings.ts';
import { opened, outputOf, shared, UNKNOWN_INPUT, type Input } from './input.ts';
import { ALONE, inPipe, isCd } from './pipes.ts';
import { Shell, type ShellStart } from './shell.ts';
import type { ShellState } from './shellState.ts';
import type { Word } from './word.ts';

const MOST_EVALUATIONS = 8;

/**
 * Walks a parsed command line as bash would run it and tells of every program start in it, whatever it is wrapped in:
 * lists, pipes, substitutions, here-documents, functions, loops and branches. Branches are all taken.
 */
export class Walk implements Walker {
  readonly shell: Shell;
  readonly parser: BashParser;
  readonly #findings: Findings;
  #evaluations = 0;
  /** What programs read that are given nothing else. */
  #input: Input;
  /** What the command before wrote, where a pipe takes it up. */
  #output: Input = UNKNOWN_INPUT;
  #piped = ALONE;
  #lastMove: ShellState['folders'];

  constructor(parser: BashParser, findings: Findings, { input, ...start }: ShellStart & { input: Input }) {
    this.parser = parser;
    this.#findings = findings;
    this.#input = input;
    this.shell = new Shell(findings, start, (script, isFed) => {
      const around = this.#input;
      if (isFed) this.#input = UNKNOWN_INPUT;
      this.script(script);
      this.#input = around;
    });
  }

  script(script: bash.ParsedScript): void {
    this.list(script.commands);
  }

  list(statements: readonly bash.Statement[]): void {
    for (const { command, background } of statements) {
      this.shell.effort.step();
      if (background === true)
        this.shell.apart(() => {
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
      const before = this.shell.folders;
      this.#pipeline(command);
      const moved = this.shell.folders !== before && isCd(command) ? this.#lastMove : undefined;
      stops.push(this.shell.kept());
      if (node.operators[index] === '||') this.shell.isOneOf(stops);
      else if (node.operators[index] === '&&' && moved) this.shell.isIn(moved);
    }
    this.shell.isOneOf(stops);
  }

  #pipeline(node: bash.PipelineNode): void {
    if (node.type !== 'Pipeline') this.command(node);
    else if (node.commands.length === 1 && node.commands[0]) this.command(node.commands[0]);
    else {
      const places = inPipe(node.commands);
      const around = this.#input;
      for (const [index, command] of node.commands.entries())
        this.shell.apart(() => {
          // What a pipe brings goes to one program whole, or in unknown parts to several.
          if (index > 0) this.#input = command.type === 'Command' ? this.#output : shared(this.#output);
          this.#output = UNKNOWN_INPUT;
          this.#piped = places[index] ?? ALONE;
          this.command(command);
          this.#piped = ALONE;
          this.#input = around;
        });
    }
  }

  command(node: bash.CommandNode): void {
    const { shell } = this;
    switch (node.type) {
      case 'Command':
        this.#simple(node);
        return;
      case 'Redirected': {
        const around = this.#input;
        this.#input = shared(this.#redirections(node.redirects));
        this.command(node.command);
        this.#input = around;
        this.#output = UNKNOWN_INPUT;
        return;
      }
      case 'Function':
        walkFunction(node, this);
        return;
      case 'Coproc':
        shell.doubt('it starts a coprocess');
        shell.apart(() => {
          walkBody(node.body, this);
        });
        return;
      case 'Subshell':
        shell.apart(() => {
          this.list(node.body.commands);
        });
        return;
      case 'BraceGroup':
        this.list(node.body.commands);
        return;
      case 'If':
        walkIf(node, this);
        return;
      case 'While':
        walkLoop(node, this, () => {
          this.list(node.clause.commands);
          this.list(node.body.commands);
        });
        return;
      case 'For':
        walkFor(node, node.wordlist, this);
        return;
      case 'Select':
        shell.doubt('it asks for a choice');
        walkFor(node, undefined, this);
        for (const word of node.wordlist ?? []) expandWord(word, shell);
        return;
      case 'ArithmeticFor':
        walkLoop(node, this, () => {
          for (const one of [node.initialize, node.test, node.update]) if (one) arithmetic(one, shell);
          this.list(node.body.commands);
        });
        return;
      case 'Case':
        walkCase(node, this);
        return;
      case 'TestCommand':
        condition(node.expression, shell, (word) => {
          this.#findings.path(word, 'list', shell.folders);
        });
        return;
      case 'ArithmeticCommand':
        if (node.expression) arithmetic(node.expression, shell);
        else shell.unread('an arithmetic expression in it could not be read');
        return;
    }
  }

  #simple(node: bash.Command): void {
    const { shell } = this;
    const assignments = node.prefix.filter((one): one is bash.Assignment => one.type === 'Assignment');
    if (!node.name) {
      for (const one of assignments) shell.assign(one);
      this.#redirections(node.redirects);
      return;
    }
    const words = wordsOfCommand(node, shell);
    const input = this.#redirections(node.redirects);
    for (const one of assignments) setForProgram(one, words[0], shell);
    const [program, ...args] = words;
    const name = program?.kind === 'known' ? program.text : '';
    if (name === 'cd') this.#lastMove = shell.cd(args);
    else if (name === 'read') readInto(args, shell);
    else if (program) {
      this.#findings.invocation({ words, folders: shell.folders, ...this.#piped, input });
      if (name === 'eval') this.#evaluate(args);
      else if (name === 'pushd' || name === 'popd') this.#lastMove = shell.cd(behindStack(name, args));
      else if (setsUnseen(words)) shell.forgetVariables();
      for (const one of node.args) if (one.type === 'Assignment' && assignAll(name)) shell.assign(one);
      // From here on programs read what this opens.
      if (name === 'exec' && input !== this.#input) this.#input = UNKNOWN_INPUT;
    }
    this.#output = outputOf(words, input);
  }

  /** A text that is run as if it stood here; it may hold itself. */
  #evaluate(args: readonly Word[]): void {
    if ((this.#evaluations += 1) > MOST_EVALUATIONS) throw new TooMuch('it starts shells within shells');
    const script = evaluated(args, this.parser, this.shell);
    if (script) this.script(script);
    else this.shell.forgetAll();
    this.#evaluations -= 1;
  }

  #redirections(redirects: readonly bash.Redirection[]): Input {
    return opened(redirects, this.#input, this.shell, (target, access) => {
      this.#findings.path(target, access, this.shell.folders);
    });
  }
}
