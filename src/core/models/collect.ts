import { ModelFailure, type ModelEvent, type ToolCall } from './port.ts';

/** One whole reply. */
export interface Reply {
  text: string;
  calls: ToolCall[];
  usage: { input: number; output: number } | undefined;
}

const MAX_TEXT = 200_000;
const MAX_CALLS = 32;

/** Reads a stream to its end, telling the text so far; a reply beyond all measure is a failure, not a hang. */
export async function collectReply(events: AsyncIterable<ModelEvent>, onText: (text: string) => void): Promise<Reply> {
  const reply: Reply = { text: '', calls: [], usage: undefined };
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
        reply.calls.push(event.call);
        break;
      case 'usage':
        reply.usage = { input: event.input, output: event.output };
        break;
    }
  }
  return reply;
}
