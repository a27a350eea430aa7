import * as z from 'zod';
import { Count, Digest, Nothing, Text } from './eventFields.ts';
import type { EventKind } from './eventKind.ts';

/** Events of the log itself: how it begins, what is missing before it, who writes and signs. */
export const LOG_EVENTS = {
  log_started: {
    about:
      'The first event of a log: its name, the format, and the public key of the account that certifies its writers (SPKI, base64).',
    of: ['log'],
    marks: ['exact'],
    data: z.strictObject({ log: Text, format: Count, account: Text }),
    payload: Nothing,
  },
  gap: {
    about:
      'What came before this log was set aside or is missing: why, and where an earlier file lies. `bytes` and `digest` (SHA-256) say what that file was.',
    of: ['log'],
    marks: ['exact', 'signed at once', 'warning'],
    data: z.strictObject({ reason: Text, bytes: Count.exactOptional(), digest: Digest.exactOptional() }),
    payload: z.strictObject({ file: Text, problem: Text }),
  },
  writer: {
    about:
      'A process begins to write: its public key, certified by the account key for this place in the chain. `exports`: the format of the exports that it makes.',
    of: ['log'],
    marks: ['exact'],
    data: z.strictObject({ key: Text, certificate: Text, pid: Count, exports: Count.exactOptional() }),
    payload: Nothing,
  },
  head: {
    about: 'The process signs the chain as it stood before this event (Ed25519, base64).',
    of: ['log'],
    marks: ['exact'],
    data: z.strictObject({ signature: Text }),
    payload: Nothing,
  },
} as const satisfies Record<string, EventKind>;
