/**
 * A model that a person plays: `node test/support/byHandModel.ts FOLDER [OpenAI|Anthropic|Ollama]` prints how `oversign` is told
 * of it. Each request stands in FOLDER as `request-N.json`, what is new in it as `request-N.txt`; it waits for `reply-N.json`,
 * which is a `ScriptedReply`: `{"text":"…","calls":[{"name":"read_file","args":{"path":"a.txt"}}]}`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ScriptedReply, SeenRequest, ServerScript } from './modelServer.ts';
import { WIRE_FORMATS } from './wireFormats.ts';

const [given, name = 'OpenAI'] = process.argv.slice(2);
const wire = WIRE_FORMATS.find((one) => one.name.toLowerCase() === name.toLowerCase());
if (given === undefined || wire === undefined) {
  console.error(`node test/support/byHandModel.ts FOLDER [${WIRE_FORMATS.map((one) => one.name).join('|')}]`);
  process.exit(2);
}
const folder = resolve(given);
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/key`, 'sk-test-key\n');

let known = 0;
const script: ServerScript = async (request, index) => {
  const number = index + 1;
  await writeFile(`${folder}/request-${number}.json`, server.requests[index]?.body ?? '');
  await writeFile(`${folder}/request-${number}.txt`, news(request));
  known = request.messages.length;
  console.log(`request ${number}: ${request.messages.length} messages; waiting for reply-${number}.json`);
  return reply(`${folder}/reply-${number}.json`);
};
const { server, options } = await wire.open(script);
const told = options.map((word) => (word === 'key' ? `${folder}/key` : word)).join(' ');
console.log(`oversign run "…" ${told}`);

/** What was not in the request before; all of it, where the conversation was shortened meanwhile. */
function news({ messages, tools }: SeenRequest): string {
  const from = known < messages.length ? known : 0;
  const each = messages.slice(from).map(({ role, text }) => `[${role}] ${text}`);
  return `${each.join('\n\n')}\n\n(${tools.length} tools: ${tools.join(', ')})\n`;
}

/** Read until it is there and whole: whoever writes it need not rename it into place. */
async function reply(file: string): Promise<ScriptedReply> {
  for (;;) {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as ScriptedReply;
    } catch {
      await new Promise((later) => setTimeout(later, 100));
    }
  }
}
