import type { Message, Model, ModelEvent } from './port.ts';

/** The scripted demo: what it says at each step depends only on how many results it has seen in this run. */
export interface DemoScenario {
  /** Runs the sample's tests. */
  testCommand: string;
  /** The file with the bug, and the edit that mends it. */
  file: string;
  oldText: string;
  newText: string;
  runtime: string;
  /** Why no command can be confined on this machine, and what to do about it; the story is then told without them. */
  noSandbox?: { cause: string; fix: string };
}

/** What the demo does next: some words, and at most one tool call. */
interface Step {
  words: string;
  call?: { name: string; args: Record<string, unknown> };
}

function steps(scenario: DemoScenario): Step[] {
  const look: Step[] = [
    { words: 'I will look around first.', call: { name: 'list_directory', args: { path: '.' } } },
    {
      words: 'Let me see the code that the tests are about.',
      call: { name: 'read_file', args: { path: scenario.file } },
    },
  ];
  const { noSandbox } = scenario;
  return noSandbox
    ? [
        ...look,
        mend(
          scenario,
          `I cannot run the tests here. ${noSandbox.cause} From reading: the total is wrong. One line mends it.`,
        ),
      ]
    : [...look, ...withCommands(scenario)];
}

function mend(scenario: DemoScenario, words: string): Step {
  const { file, oldText, newText } = scenario;
  return { words, call: { name: 'edit_file', args: { path: file, old_text: oldText, new_text: newText } } };
}

function withCommands(scenario: DemoScenario): Step[] {
  return [
    {
      words: `Now the tests, with ${scenario.runtime}, in the sandbox.`,
      call: { name: 'run_command', args: { command: scenario.testCommand } },
    },
    mend(scenario, 'The test fails because the total leaves out the last item. One line mends it.'),
    {
      words: 'The tests again, to see whether that was it.',
      call: { name: 'run_command', args: { command: scenario.testCommand } },
    },
    {
      words: 'There is a stale build folder. I would like to remove it.',
      call: { name: 'run_command', args: { command: 'rm -rf build/' } },
    },
  ];
}

const CHUNK = 12;

/**
 * A model without a model: scripted words, and through them real files, the real sandbox, real approvals and the
 * real log. It never sends anything anywhere.
 */
export function demoModel(scenario: DemoScenario | undefined, pause: () => Promise<void>): Model {
  return {
    provider: 'demo',
    label: 'demo (scripted)',
    isScripted: true,
    destination: `Demo: scripted words, real files, ${scenario?.noSandbox ? 'no commands (this machine cannot confine them)' : 'real sandbox'}, real approvals. No language model is asked and nothing is sent anywhere.`,
    async *stream(request): AsyncIterable<ModelEvent> {
      const next = nextStep(scenario, request.messages);
      for (let at = 0; at < next.words.length; at += CHUNK) {
        await pause();
        yield { type: 'text', text: next.words.slice(at, at + CHUNK) };
      }
      if (next.call)
        yield {
          type: 'call',
          call: {
            id: `demo_${request.messages.length}`,
            name: next.call.name,
            arguments: JSON.stringify(next.call.args),
          },
        };
      yield { type: 'end', end: { why: next.call ? 'calls' : 'finished' } };
    },
  };
}

function nextStep(scenario: DemoScenario | undefined, messages: readonly Message[]): Step {
  if (!scenario)
    return {
      words:
        'The demo tells one story, and this is not the sample workspace it belongs to. Choose a model to work here (in the editor "Oversign: Choose Model", on the command line --model).',
    };
  const script = steps(scenario);
  // A step that was interrupted is taken again.
  const done = messages.filter((message) => message.role === 'tool').filter(({ ended }) => ended !== 'interrupted');
  const step = script[done.length];
  if (step) return step;
  const denied = done.filter(({ ended }) => ended === 'denied' || ended === 'cancelled').length;
  const without = scenario.noSandbox
    ? ` The tests were not run: this machine cannot confine commands. ${scenario.noSandbox.fix}`
    : '';
  return {
    words: `Done: the bug in ${scenario.file} was looked into, with ${done.length} actions proposed and ${denied} of them not carried out. You find each of them in the audit log. Without a language model I cannot say more; choose one (in the editor "Oversign: Choose Model", on the command line --model).${without}`,
  };
}
