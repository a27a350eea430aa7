import { ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from '@opentelemetry/semantic-conventions';
import {
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_TOOL_CALL_ID,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_OPERATION_NAME_VALUE_CHAT,
  GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL,
} from '@opentelemetry/semantic-conventions/incubating';
import type { EventBody } from '../../../shared/auditEvent.ts';
import { hasMark } from '../../../shared/eventTable.ts';
import type { Json } from '../../../shared/json.ts';
import { parseBody } from '../logText.ts';
import { isOfRun } from '../../../shared/noRun.ts';
import type { Row } from './batch.ts';

type Attributes = Record<string, string | number>;
/** An attribute that there is nothing for is left out. */
type Found = Record<string, Json | undefined>;

/** An event as OpenTelemetry's log data model has it (opentelemetry.io/docs/specs/otel/logs/data-model). */
export interface Mapped {
  /** Milliseconds; 0, which means unknown, for an event that is damaged. */
  time: number;
  severity: 'INFO' | 'WARN' | 'ERROR';
  eventName: string;
  /** As it stands in the log: its hash is SHA-256 over oversign.prev, a line feed and this. */
  body: string;
  attributes: Attributes;
}

/** `log` and `place` name the chain: whoever keeps these records is a witness of it (witness/seenHead.ts). */
export function mapped(row: Row, log: string, place: string): Mapped {
  const event = parseBody(row.body);
  const chain: Found = {
    'oversign.log': log,
    'oversign.place': place,
    'oversign.seq': row.seq,
    'oversign.hash': row.hash,
    'oversign.prev': row.prev,
    'oversign.payload': row.payload?.text,
    'oversign.salt': row.payload?.salt,
  };
  // A collector is where damage is to be seen, and one bad row must not hold up what follows.
  if (!event)
    return { time: 0, severity: 'ERROR', eventName: 'oversign.unreadable', body: row.body, attributes: present(chain) };
  return {
    time: Date.parse(event.time) || 0,
    severity: severityOf(event),
    eventName: `oversign.${event.type}`,
    body: row.body,
    attributes: present({ ...chain, ...ownAttributes(event), ...genAiAttributes(event), ...serverAttributes(event) }),
  };
}

function severityOf({ type, data }: EventBody): Mapped['severity'] {
  switch (type) {
    case 'decided':
      return data['verdict'] === 'deny' ? 'WARN' : 'INFO';
    case 'answered':
    case 'whose_answered':
      return data['choice'] === 'deny' ? 'WARN' : 'INFO';
    case 'finished':
      return data['status'] === 'failed' ? 'ERROR' : 'INFO';
    case 'run_finished':
      if (data['state'] === 'failed') return 'ERROR';
      return data['state'] === 'limit' || data['state'] === 'stopped' ? 'WARN' : 'INFO';
    default:
      if (hasMark(type, 'failure')) return 'ERROR';
      return hasMark(type, 'warning') ? 'WARN' : 'INFO';
  }
}

function ownAttributes({ type, time, run, turn, action, data }: EventBody): Found {
  return {
    'oversign.time': time,
    'oversign.type': type,
    'oversign.run': run,
    'oversign.action': action,
    'oversign.turn': turn,
    ...(type === 'decided' && { 'oversign.verdict': data['verdict'], 'oversign.rule': data['rule'] }),
    ...(type === 'proposed' && { 'oversign.edited_by': data['editedBy'] }),
    ...(type === 'finished' && { 'oversign.status': data['status'] }),
    ...(type === 'run_finished' && { 'oversign.status': data['state'] }),
  };
}

/** The semantic conventions for generative AI, where they fit. */
function genAiAttributes({ type, run, action, data }: EventBody): Found {
  const conversation = { [ATTR_GEN_AI_CONVERSATION_ID]: isOfRun(run) ? run : undefined };
  switch (type) {
    case 'run_started':
    case 'run_continued':
      return {
        ...conversation,
        [ATTR_GEN_AI_PROVIDER_NAME]: data['provider'],
        [ATTR_GEN_AI_REQUEST_MODEL]: data['model'],
      };
    case 'model_replied':
      return {
        ...conversation,
        [ATTR_GEN_AI_OPERATION_NAME]: GEN_AI_OPERATION_NAME_VALUE_CHAT,
        [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: data['inputTokens'],
        [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: data['outputTokens'],
      };
    case 'decided':
      return { ...conversation, [ATTR_GEN_AI_TOOL_NAME]: data['tool'], [ATTR_GEN_AI_TOOL_CALL_ID]: action };
    case 'proposed':
    case 'started':
    case 'finished':
      return {
        ...conversation,
        [ATTR_GEN_AI_OPERATION_NAME]: GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL,
        [ATTR_GEN_AI_TOOL_NAME]: data['tool'],
        [ATTR_GEN_AI_TOOL_CALL_ID]: action,
      };
    default:
      return conversation;
  }
}

function serverAttributes({ type, data }: EventBody): Found {
  const origin = data['origin'];
  if (type !== 'egress' || typeof origin !== 'string' || !URL.canParse(origin)) return {};
  const { hostname, port, protocol } = new URL(origin);
  return {
    [ATTR_SERVER_ADDRESS]: hostname.replace(/^\[|\]$/g, ''),
    [ATTR_SERVER_PORT]: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  };
}

function present(found: Found): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(found))
    if (typeof value === 'string' || typeof value === 'number') attributes[key] = value;
  return attributes;
}
