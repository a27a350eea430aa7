import { sha256 } from '../../src/node/files/hash.ts';
import type { AuditRecord, EventType, NewEvent } from '../../src/shared/auditEvent.ts';

type Sent = Omit<NewEvent, 'run' | 'type' | 'data'> & { type: EventType; data?: Record<string, unknown> };

export const RUN = 'aaaaaaaa-1111-2222-3333-444444444444';

/** Events as a log would give them, numbered from 10 on; `payload: undefined` with `erased` is one that was erased. */
export function recorded(events: readonly (Sent & { erased?: true })[], run = RUN): AuditRecord[] {
  return events.map(({ erased, payload, ...event }, index) => {
    const seq = 10 + index * 3;
    const body = {
      v: 1 as const,
      seq,
      time: `2026-01-01T00:00:${String(index % 60).padStart(2, '0')}.000Z`,
      writer: 'w',
    };
    const held = payload !== undefined || erased === true;
    return {
      ...body,
      data: {},
      ...event,
      run,
      hash: sha256(`hash ${seq}`),
      ...(held && { commitment: sha256(`payload ${seq}`) }),
      ...(payload !== undefined && erased !== true && { payload }),
    } as AuditRecord;
  });
}

export const started = (more: object = {}): Sent => ({
  type: 'run_started',
  data: { model: 'small', provider: 'ollama', version: '1', policy: 'x' },
  payload: { task: 'Sum it up', folder: '/w', destination: 'Prompts go to api.example.com.', ...more },
});

export const prompt = (turn: number, bytes: number, contentOf: string[], origin = 'https://api.example.com'): Sent => ({
  type: 'egress',
  turn,
  data: { purpose: 'model', origin, method: 'POST', bytes },
  payload: { path: '/v1', contentOf },
});

export const finished = (received?: number): Sent => ({
  type: 'run_finished',
  data: { state: 'finished', turns: 1, ...(received !== undefined && { received }) },
  payload: { reason: 'done' },
});

interface Connection {
  id: string;
  host: string;
  port?: number;
  turn?: number;
  connections?: number;
  facts?: object | null;
  within?: string;
  end?: boolean;
}

/** A command's connections to one host, from its proposal to its end. */
export function connection({
  id,
  host,
  port = 443,
  turn = 1,
  connections = 1,
  facts,
  within,
  end = true,
}: Connection): Sent[] {
  const of = { turn, action: id };
  return [
    {
      type: 'proposed',
      ...of,
      data: { tool: 'connect', effect: 'connect', ...(within !== undefined && { within }) },
      payload: { title: `Connect to ${host}`, action: { kind: 'connect', host, port } },
    },
    { type: 'decided', ...of, data: { verdict: 'allow', rule: 'allowed_domains' }, payload: { decision: {} } },
    { type: 'started', ...of, data: { tool: 'connect', effect: 'connect' } },
    ...Array.from({ length: connections }, (): Sent => ({
      type: 'egress',
      ...of,
      data: {
        purpose: 'connection of a command',
        origin: `tcp://${host}:${port}`,
        method: 'CONNECT',
        bytes: 0,
        address: '192.0.2.7',
      },
      payload: { path: '', contentOf: ['?/w/'] },
    })),
    ...(end
      ? [
          {
            type: 'finished' as const,
            ...of,
            data: {
              status: 'done',
              durationMs: 1,
              ...(facts !== null && { facts: facts ?? { connections, sent: 100, received: 20 } }),
            },
            payload: { output: '' } as never,
          },
        ]
      : []),
  ];
}

/** A command, which may run outside the sandbox. */
export function command(id: string, line: string, { outside = false, turn = 1 } = {}): Sent[] {
  const of = { turn, action: id };
  return [
    {
      type: 'proposed',
      ...of,
      data: { tool: 'run_command', effect: 'execute' },
      payload: { title: `Run ${line}` },
    },
    { type: 'started', ...of, data: { tool: 'run_command', effect: 'execute', ...(outside && { outside: true }) } },
  ];
}
