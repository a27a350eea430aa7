import * as z from 'zod';
import type { SeenHead } from '../../../core/audit/port.ts';

const HeadSchema = z.object({
  place: z.string(),
  log: z.string(),
  seq: z.number().int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.string(),
});

/** A line of a witness file. The name of the format comes first, so that nobody wonders what the file is. */
export function headLine({ place, log, seq, hash, time }: SeenHead): string {
  return `${JSON.stringify({ oversign: 'head 1', place, log, seq, hash, time })}\n`;
}

/** The heads of a witness file, or of what a collector wrote (OTLP as JSON, a request a line); and how many lines are neither. */
export function headsOf(text: string): { heads: SeenHead[]; strange: number } {
  const heads: SeenHead[] = [];
  let strange = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    const head = HeadSchema.safeParse(value);
    if (head.success) heads.push(head.data);
    else if (isRequest(value)) heads.push(...headsInRequest(value));
    else strange += 1;
  }
  return { heads, strange };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const AttributeSchema = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.union([z.string(), z.number()]).optional() }),
});
const RequestSchema = z.object({
  resourceLogs: z.array(
    z.object({
      scopeLogs: z.array(
        z.object({ logRecords: z.array(z.object({ attributes: z.array(AttributeSchema).default([]) })) }),
      ),
    }),
  ),
});
type Request = z.infer<typeof RequestSchema>;

function isRequest(value: unknown): value is Request {
  return RequestSchema.safeParse(value).success;
}

/** Every record that was sent holds its place in the chain: each is as good as a head. */
function headsInRequest(request: Request): SeenHead[] {
  return request.resourceLogs
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
    .flatMap(({ attributes = [] }) => {
      const of = (key: string): string | number | undefined => {
        const value = attributes.find((attribute) => attribute.key === key)?.value;
        return value?.stringValue ?? value?.intValue;
      };
      const head = HeadSchema.safeParse({
        place: of('oversign.place'),
        log: of('oversign.log'),
        seq: Number(of('oversign.seq')),
        hash: of('oversign.hash'),
        time: of('oversign.time'),
      });
      return head.success ? [head.data] : [];
    });
}
