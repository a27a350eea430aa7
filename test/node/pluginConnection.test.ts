import { expect, test } from 'vitest';
import { McpConnection } from '../../src/node/plugins/mcpConnection.ts';
import { Lines, messageIn } from '../../src/node/plugins/lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const waits = (ms: number) => ({ ms, signal: new AbortController().signal });

/** A connection to what answers each request so; nothing where it gives nothing. */
function connected(answer: (request: { id?: number; method: string }) => object | undefined) {
  const sent: { id?: number; method: string; params?: Record<string, unknown> }[] = [];
  const broken: string[] = [];
  const connection: McpConnection = new McpConnection(
    (data) => {
      const request = JSON.parse(new TextDecoder().decode(data)) as (typeof sent)[number];
      sent.push(request);
      const result = answer(request);
      if (result) void connection.take(bytes(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...result })}\n`));
    },
    (why) => broken.push(why),
    '1.2.3',
  );
  return { connection, sent, broken };
}

const HELLO = {
  result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'a', version: '1' } },
};

test('it says hello without a capability, and what the server says that it is comes back', async () => {
  const { connection, sent } = connected(({ method }) => (method === 'initialize' ? HELLO : undefined));
  expect(await connection.greet(waits(5000))).toEqual({ name: 'a', version: '1' });
  expect(sent[0]?.params).toMatchObject({ capabilities: {}, clientInfo: { name: 'oversign', version: '1.2.3' } });
  expect(sent.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
});

test('a server that says no hello in time is given up', async () => {
  const { connection } = connected(() => undefined);
  await expect(connection.greet(waits(60))).rejects.toThrow('the plugin did not answer within');
});

test('what waits when the program ends is told why, and so is what comes after', async () => {
  const { connection } = connected(({ method }) => (method === 'initialize' ? HELLO : undefined));
  await connection.greet(waits(5000));
  const used = connection.use('ask', {}, waits(60_000));
  connection.over('the plugin is gone');
  await expect(used).rejects.toThrow('the plugin is gone');
  await expect(connection.use('ask', {}, waits(60_000))).rejects.toThrow('the plugin is gone');
});

test('progress makes nobody wait longer', async () => {
  const { connection } = connected(({ method }) => (method === 'initialize' ? HELLO : undefined));
  await connection.greet(waits(5000));
  const used = connection.use('ask', {}, waits(300));
  const telling = setInterval(() => {
    const params = { progressToken: 1, progress: 1 };
    void connection.take(bytes(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })}\n`));
  }, 20);
  await expect(used).rejects.toThrow('did not answer within');
  clearInterval(telling);
});

test('lines come in any pieces, and one that is too long is none', () => {
  const lines = new Lines();
  expect(lines.take(bytes('{"a":'))).toEqual([]);
  expect(lines.take(bytes('1}\r\n{"b":2}\n{'))).toEqual(['{"a":1}', '{"b":2}']);
  expect(lines.take(bytes('}\n'))).toEqual(['{}']);
  expect(lines.take(new Uint8Array(5 * 2 ** 20))).toBeUndefined();
});

test('what is too deep is not parsed; brackets in a text are no depth', () => {
  expect(messageIn('['.repeat(101) + ']'.repeat(101))).toBeUndefined();
  expect(messageIn(JSON.stringify({ a: '[\\"['.repeat(200) }))).toEqual({ a: '[\\"['.repeat(200) });
  expect(messageIn('{"a":')).toBeUndefined();
});
