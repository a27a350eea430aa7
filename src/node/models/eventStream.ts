import { linesOf } from './lines.ts';

export interface ServerEvent {
  /** Empty where the server gives it no name. */
  name: string;
  data: string;
}

/**
 * The events of a reply that streams as server-sent events (HTML, 9.2.6). Comments and events without data mean nothing
 * and are left out; a last event counts without the empty line behind it. A server that does not stream, and says so,
 * is taken at its word: its whole answer is one event.
 */
export async function* eventsOf(response: Response): AsyncIterable<ServerEvent> {
  if (/^application\/json\b/i.test(response.headers.get('content-type') ?? '')) {
    const lines: string[] = [];
    for await (const line of linesOf(response)) lines.push(line);
    yield { name: '', data: lines.join('\n') };
    return;
  }
  let name = '';
  let data: string[] = [];
  for await (const line of linesOf(response)) {
    if (line === '') {
      if (data.some((part) => part.trim() !== '')) yield { name, data: data.join('\n') };
      name = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
  }
  if (data.some((part) => part.trim() !== '')) yield { name, data: data.join('\n') };
}
