import { describe, expect, test } from 'vitest';
import { MadeUpNames } from '../../src/node/egress/commandDoor/madeUpNames.ts';
import { answerTo } from '../../src/node/egress/commandDoor/nameServer.ts';

// Questions of programs in a sandbox (RFC 1035, 4.1): whatever comes, an answer inside or none.

function question(name: string, { type = 1, of = 1, flags = 0x0100, count = 1 } = {}): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xbeef, 0);
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(count, 4);
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const end = Buffer.alloc(5);
  end.writeUInt16BE(type, 1);
  end.writeUInt16BE(of, 3);
  return Buffer.concat([head, ...labels, end]);
}
const asked = (message: Buffer, names = new MadeUpNames()) => {
  const looked: string[] = [];
  const reply = answerTo(message, names, (name) => looked.push(name));
  return { looked, code: reply && reply.readUInt16BE(2) & 15, answers: reply?.readUInt16BE(6), reply };
};

test('a name gets an address of its own, the same each time, in any spelling', () => {
  const names = new MadeUpNames();
  const last = (message: Buffer): string => [...(asked(message, names).reply?.subarray(-4) ?? [])].join('.');
  expect([last(question('a.test')), last(question('b.test')), last(question('A.TEST'))]).toEqual([
    ...['127.7.0.1', '127.7.0.2', '127.7.0.1'],
  ]);
  expect(names.nameOf('127.7.0.2')).toBe('b.test');
});

test('a reply repeats the question alone, whatever stood behind it', () => {
  const { reply } = asked(Buffer.concat([question('a.test'), Buffer.alloc(1000, 1)]));
  expect(reply?.length).toBe(question('a.test').length + 16);
  expect(reply?.readUInt16BE(0)).toBe(0xbeef);
});

test.each([
  ['IPv6: the name is there, that of it is not', question('a.test', { type: 28 }), 0, 0],
  ['a text, as tunnels use', question('secret.a.test', { type: 16 }), 0, 0],
  ['everything', question('a.test', { type: 255 }), 0, 0],
  ['another class', question('a.test', { of: 3 }), 3, 0],
  ['localhost', question('a.localhost'), 3, 0],
  ['no dot', question('com'), 3, 0],
  ['an address', question('127.0.0.1'), 3, 0],
  ['an address in another spelling', question('0x7f.1'), 3, 0],
  ['control characters', question('a\u0001.test'), 3, 0],
  ['control', question('a.test'), 0, 1],
])('%s', (_name, message, code, answers) => {
  expect(asked(message)).toMatchObject({ code, answers });
});

describe('what is no question gets no answer, and nothing throws', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a header alone', question('a').subarray(0, 12)],
    ['a reply', question('a.test', { flags: 0x8180 })],
    ['an update', question('a.test', { flags: 0x2800 })],
    ['two questions', question('a.test', { count: 2 })],
    ['none', question('a.test', { count: 0 })],
    ['a pointer to itself', Buffer.concat([question('a.test').subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])],
    ['a label beyond the end', Buffer.concat([question('a.test').subarray(0, 12), Buffer.from([63, 97, 0, 1, 0, 1])])],
    ['a name without an end', question('a.test').subarray(0, -5)],
    [
      'a dot within a label',
      Buffer.concat([question('a').subarray(0, 12), Buffer.from([3, 97, 46, 98, 0, 0, 1, 0, 1])]),
    ],
  ])('%s', (_name, message) => {
    expect(asked(message)).toMatchObject({ reply: undefined, looked: [] });
  });

  test('every cut and every changed byte of one', () => {
    const whole = question('some.host.test');
    for (let at = 0; at < whole.length; at += 1) {
      expect(() => asked(whole.subarray(0, at))).not.toThrow();
      for (const byte of [0, 0x3f, 0x40, 0xc0, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        expect(() => asked(changed)).not.toThrow();
      }
    }
  });
});

test('more names than a program needs get none', () => {
  const names = new MadeUpNames();
  for (let at = 0; at < 1000; at += 1) expect(names.addressOf(`n${at}.test`)).toBeDefined();
  expect(names.addressOf('one-more.test')).toBeUndefined();
  expect(names.addressOf('n5.test')).toEqual([127, 7, 0, 6]);
});
