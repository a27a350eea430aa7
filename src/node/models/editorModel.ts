import type { EgressRule } from '../../core/egress/port.ts';
import {
  ModelFailure,
  type Message,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type ToolCall,
} from '../../core/models/port.ts';
import { sendable } from '../../core/models/sendable.ts';
import type {
  EditorCall,
  EditorMessage,
  EditorModelFacts,
  EditorModels,
  EditorPart,
} from '../../shared/editorModels.ts';
import { isJsonObject } from '../../shared/json.ts';
import { whileAllowed } from '../egress/whileAllowed.ts';
import { parsed } from './failures.ts';
import { orStopped } from './letGo.ts';
import { Patience, waitsFor, type Waits } from './patience.ts';
import type { Asking } from './server.ts';
import { factsOf } from './serverWords.ts';

/** Where what is sent to a model of the editor goes, as far as anybody but its extension knows. */
export function editorDestination({ vendor, extension, label }: EditorModelFacts): string {
  const who = extension === '' ? `whatever brings the models of ${vendor}` : `the extension ${extension} (${vendor})`;
  return `Prompts and tool results go to ${label} by the editor: ${who} decides where they go from there.`;
}

/** Seconds that counting may take: a reply without a count is as good. */
const COUNTING = 5;

/**
 * A model that the editor offers. It has no door of ours: that it is asked is permitted and recorded as any sending, as
 * one to another machine, and what its extension does is its own affair.
 */
export function editorModel(facts: EditorModelFacts, models: EditorModels, waits: Partial<Waits> = {}): Model {
  return {
    provider: 'vscode-lm',
    label: `${facts.label} (${facts.vendor}, a model of the editor)`,
    destination: editorDestination(facts),
    contextTokens: facts.inputTokens > 0 ? facts.inputTokens : undefined,
    stream: (request, permit, signal) => stream({ facts, models, waits, request }, { permit, signal }),
  };
}

interface Streaming {
  facts: EditorModelFacts;
  models: EditorModels;
  waits: Partial<Waits>;
  request: ModelRequest;
}

async function* stream(
  { facts, models, waits, request }: Streaming,
  { permit, signal }: Asking,
): AsyncIterable<ModelEvent> {
  const { name } = facts;
  const messages = toEditor(sendable(request.messages));
  const tools = request.tools.map(({ name: tool, description, parameters }) => ({
    ...{ name: tool, description, inputSchema: parameters },
  }));
  const sent = JSON.stringify({ messages, tools });
  const passage = await permit(sendingTo(facts, Buffer.byteLength(sent)));
  const calls: ToolCall[] = [];
  const ids = new Set<string>();
  let said = '';
  // Whether it runs on this machine nobody says: it is waited for as long as if it did.
  const patience = new Patience(facts.label, waitsFor(true, waits));
  const allowed = whileAllowed(passage, signal);
  const either = AbortSignal.any([allowed.signal, patience.signal]);
  patience.begin();
  const parts = partsOf(models.send(name, { messages, tools }, either), patience, either, allowed.over);
  for await (const part of parts) {
    switch (part.type) {
      case 'text':
        said += part.text;
        passage.received(Buffer.byteLength(part.text));
        yield { type: 'text', text: part.text };
        break;
      case 'call': {
        const call = callOf(part, `call_${request.messages.length}_${calls.length}`, ids);
        passage.received(Buffer.byteLength(call.arguments));
        calls.push(call);
        yield { type: 'call', call };
        break;
      }
      case 'other':
        break;
      case 'failed':
        throw failureOf(part, facts);
    }
  }
  signal.throwIfAborted();
  const usage = await counted(models, name, { sent, said: said + JSON.stringify(calls) }, signal);
  if (usage) yield { type: 'usage', ...usage };
  // Why it ended the editor does not say; a reply that broke off is an error there.
  yield { type: 'end', end: { why: calls.length > 0 ? 'calls' : 'finished' } };
}

/** The parts as they come, until the signal fires: an extension may heed no token, and say nothing for ever. */
async function* partsOf(
  parts: AsyncIterable<EditorPart>,
  patience: Patience,
  signal: AbortSignal,
  over: () => void,
): AsyncIterable<EditorPart> {
  const reading = parts[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await patience.next(orStopped(reading.next(), signal));
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    signal.throwIfAborted(); // that it was told to stop is no failure of its own
    throw error;
  } finally {
    over();
    reading.return?.().catch(() => undefined); // not waited for: it may be the one that does not come back
  }
}

function sendingTo({ vendor, name }: EditorModelFacts, bytes: number): Parameters<EgressRule>[0] {
  return { origin: `vscode-lm:${vendor}`, method: 'sendRequest', path: name, bytes, isLocal: false };
}

/** Ids and names are another extension's: nothing of them is taken for granted. */
function callOf(
  { id, name, input }: { id: unknown; name: unknown; input: unknown },
  otherwise: string,
  ids: Set<string>,
): ToolCall {
  if (typeof name !== 'string' || name === '')
    throw new ModelFailure('The reply holds a tool call without a name, so none of its calls was carried out.');
  const own = typeof id !== 'string' || id === '' || ids.has(id) ? otherwise : id;
  ids.add(own);
  return { id: own, name, arguments: textOf(input) };
}

function textOf(input: unknown): string {
  try {
    return typeof input === 'string' ? input : JSON.stringify(input ?? {});
  } catch {
    return 'nested too deeply';
  }
}

/** The models of the editor have no role for the system prompt: it is the first thing that the person says. */
function toEditor(messages: readonly Message[]): EditorMessage[] {
  const told: EditorMessage[] = [];
  for (const message of messages) {
    const last = told.at(-1);
    switch (message.role) {
      case 'system':
      case 'user':
        told.push({ role: 'user', text: message.text });
        break;
      case 'assistant':
        told.push({ role: 'assistant', text: message.text, calls: message.calls.map(toCall) });
        break;
      case 'tool': {
        const result = { call: message.call, text: message.text };
        if (last?.role === 'results') last.results.push(result);
        else told.push({ role: 'results', results: [result] });
      }
    }
  }
  return told;
}

function toCall({ id, name, arguments: text }: ToolCall): EditorCall {
  const input = parsed(text);
  return { id, name, input: isJsonObject(input) ? input : {} };
}

/** An estimate, by the model's own counting of the text; none where it does not count, or takes too long. */
async function counted(
  models: EditorModels,
  name: string,
  { sent, said }: { sent: string; said: string },
  signal: AbortSignal,
): Promise<{ input: number; output: number; isEstimate: true } | undefined> {
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(COUNTING * 1000)]);
    const both = Promise.all([models.count(name, sent, until), models.count(name, said, until)]);
    const [input, output] = await orStopped(both, until);
    return [input, output].every((count) => Number.isInteger(count) && count > 0)
      ? { input, output, isEstimate: true }
      : undefined;
  } catch {
    return undefined;
  }
}

function failureOf({ code, words }: { code: string; words: string }, { label, name }: EditorModelFacts): ModelFailure {
  const said = words === '' ? '.' : `: ${words.slice(0, 500)}${/[.!?]$/.test(words) ? '' : '.'}`;
  switch (code) {
    case 'NoPermissions':
      return new ModelFailure(
        `The editor does not let Oversign use ${label}${said} It asks you once; "Manage Language Model Access" changes the answer.`,
        { kind: 'auth' },
      );
    case 'Blocked':
      return new ModelFailure(`${label} is blocked for Oversign${said}`, { kind: 'rate' });
    case 'NotFound':
      return new ModelFailure(`The editor has no language model ${name} any more. Choose another one.`, {
        kind: 'request',
      });
    default: {
      const facts = factsOf({ words, names: '' });
      return facts.kind === 'overflow'
        ? new ModelFailure(`The conversation is longer than ${label} takes${said}`, facts)
        : new ModelFailure(`${label} failed${said}`, facts);
    }
  }
}
