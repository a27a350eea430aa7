import { endOf, type ReplyEnd } from './replyEnd.ts';
import { ModelFailure, type Kept, type ModelEvent, type SaidEnd, type ToolCall, type Usage } from './port.ts';

/** One whole reply. */
export interface Reply {
  text: string;
  calls: ToolCall[];
  usage: Usage | undefined;
  kept: Kept | undefined;
  end: ReplyEnd;
}

const MAX_TEXT = 200_000;
/** More of them are no reply any more; how many are carried out is for the run (agent/loop.ts). */
const MAX_CALLS = 256;
/** Characters of all calls of a reply. The largest file that a tool writes fits in, escaped. */
const MAX_CALL_TEXT = 12_000_000;
/** Providers take names of 64 characters, and know none that is longer. */
const MAX_NAME = 64;
const MAX_ID = 200;
/** Characters of all that a reply's provider wants back: it is sent and stored again with every turn. */
const MAX_KEPT = 1_000_000;

/** Reads a stream to its end, telling the text so far; a reply beyond all measure is a failure, not a hang. */
export async function collectReply(events: AsyncIterable<ModelEvent>, onText: (text: string) => void): Promise<Reply> {
  const reply: Omit<Reply, 'end'> = { text: '', calls: [], usage: undefined, kept: undefined };
  let said: SaidEnd | undefined;
  let callText = 0;
  let keptText = 0;
  const keep = (kept: Kept | undefined): void => {
    keptText += kept?.json.length ?? 0;
    if (keptText > MAX_KEPT)
      throw new ModelFailure(`The model did not stop: what it wants back went over ${MAX_KEPT} characters.`);
  };
  for await (const event of events) {
    switch (event.type) {
      case 'text':
        reply.text += event.text;
        if (reply.text.length > MAX_TEXT)
          throw new ModelFailure(`The model did not stop: its reply went over ${MAX_TEXT} characters.`);
        onText(reply.text);
        break;
      case 'call':
        if (reply.calls.length === MAX_CALLS)
          throw new ModelFailure(`The model did not stop: its reply held more than ${MAX_CALLS} tool calls.`);
        callText += event.call.id.length + event.call.name.length + event.call.arguments.length;
        if (callText > MAX_CALL_TEXT)
          throw new ModelFailure(`The model did not stop: its tool calls went over ${MAX_CALL_TEXT} characters.`);
        keep(event.call.kept);
        reply.calls.push(shortNamed(event.call, reply.calls.length));
        break;
      case 'usage':
        reply.usage = {
          ...{ input: event.input, output: event.output, cached: event.cached, isEstimate: event.isEstimate },
        };
        break;
      case 'kept':
        keep(event.kept);
        reply.kept = event.kept;
        break;
      case 'end':
        said = event.end;
        break;
    }
  }
  // A character may come in two halves; one that never came whole can be stored and sent nowhere.
  reply.text = reply.text.toWellFormed();
  return { ...reply, end: endOf(said, reply) };
}

/**
 * A call whose name and id have a length that is shown, recorded and told to the provider again. A name that is cut
 * short stays one that no tool has: it is refused by it.
 */
function shortNamed({ id, name, arguments: given, kept }: ToolCall, index: number): ToolCall {
  return {
    id: (id.length > MAX_ID ? `call_${index}_${id.slice(0, 32).replace(/[^A-Za-z0-9_-]/g, '_')}` : id).toWellFormed(),
    name: (name.length > MAX_NAME ? name.slice(0, MAX_NAME).replace(/[^A-Za-z0-9_-]/g, '_') : name).toWellFormed(),
    arguments: given.toWellFormed(),
    ...(kept && { kept }),
  };
}
