import { isJsonObject } from '../../shared/json.ts';
import type { Message, ToolCall } from './port.ts';

type Reply = Extract<Message, { role: 'assistant' }>;
type Result = Extract<Message, { role: 'tool' }>;

/** OpenAI takes ids of at most 40 characters, Anthropic only these. */
const GOOD_ID = /^[A-Za-z0-9_-]{1,40}$/;
const GOOD_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const NOT_IN_NAMES = /[^A-Za-z0-9_-]/g;
/** Servers parse arguments with recursion. */
const DEEPEST = 100;

/**
 * A conversation as every endpoint takes it, whoever said what in it: ids that are well formed and each there once, names
 * that could be a tool’s, arguments that are an object, a result behind each call in the order of the calls and none
 * elsewhere, no reply without words, no half characters. What is so already stays as it is, to the letter: a prompt that
 * a server has cached must not change.
 */
export function sendable(messages: readonly Message[]): Message[] {
  const taken = new Set<string>();
  const sent: Message[] = [];
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at] as Message;
    switch (message.role) {
      case 'system':
      case 'user':
        sent.push({ ...message, text: message.text.toWellFormed() });
        break;
      case 'assistant': {
        const results: Result[] = [];
        for (let next = messages[at + 1]; next?.role === 'tool'; next = messages[at + 1]) {
          results.push(next);
          at += 1;
        }
        sent.push(...withResults(message, results, { taken, at }));
        break;
      }
      case 'tool': // of no call
        break;
    }
  }
  return sent;
}

function withResults(
  reply: Reply,
  results: readonly Result[],
  { taken, at }: { taken: Set<string>; at: number },
): Message[] {
  const text = reply.text.toWellFormed();
  if (reply.calls.length === 0) return text.trim() === '' ? [] : [{ ...reply, text }];
  const open = [...results];
  const pairs = reply.calls.map((call, index) => {
    const own = freshId(call.id, `call_${at}_${index}`, taken);
    const found = open.findIndex(({ call: of }) => of === call.id);
    const [result] = found === -1 ? [] : open.splice(found, 1);
    const sent = { ...call, id: own, name: goodName(call.name), arguments: objectText(call.arguments) };
    return { call: sent satisfies ToolCall, text: (result?.text ?? NO_RESULT).toWellFormed(), result };
  });
  return [
    { ...reply, text, calls: pairs.map(({ call }) => call) },
    ...pairs.map(({ call: { id, name }, text: told, result: { ended, images } = {} }) => ({
      ...{ role: 'tool' as const, call: id, name, text: told },
      ...(ended && { ended }),
      ...(images && { images }),
    })),
  ];
}

const NO_RESULT = 'Interrupted: it is not known to have happened. Look before you repeat it.';

function freshId(id: string, otherwise: string, taken: Set<string>): string {
  const clean = GOOD_ID.test(id) ? id : id.replace(NOT_IN_NAMES, '_').slice(0, 24);
  let own = clean === '' || taken.has(clean) ? otherwise : clean;
  for (let more = 1; taken.has(own); more += 1) own = `${otherwise}_${more}`;
  taken.add(own);
  return own;
}

function goodName(name: string): string {
  if (GOOD_NAME.test(name)) return name;
  const clean = name.replace(NOT_IN_NAMES, '_').slice(0, 64);
  return clean === '' ? 'unnamed' : clean;
}

/** Arguments that are no object are told as none: the call’s result says what was wrong with them. */
function objectText(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return '{}';
  }
  if (!isJsonObject(value) || isDeeper(value, DEEPEST)) return '{}';
  const halves = /\\u[dD][89a-fA-F]/.test(text) || !text.isWellFormed();
  return halves ? JSON.stringify(whole(value)) : text;
}

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((below) => isDeeper(below, most - 1));
}

/** The same without half characters, which JSON can spell and servers cannot read. */
function whole(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(whole);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key.toWellFormed(), whole(below)]));
}
