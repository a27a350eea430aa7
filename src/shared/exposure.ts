import * as z from 'zod';

// What has left the machine for a run, as its log says it: of a program that reads `oversign exposure --json`, of the
// receipt, and of the tree in the editor.

const Count = z.number().int().min(0);

/** Bytes, as far as they are known. `isLeast`: something began whose end is not in the log, so that more may have gone. */
export const AmountSchema = z.strictObject({ bytes: Count, isLeast: z.boolean() });
export type Amount = z.infer<typeof AmountSchema>;

/**
 * Files whose content was in what was sent, or may have been. `entry`: spelled as in `contentOf` (docs/audit.md). In how
 * many sendings, and in those of which turns; 0 where they were of none.
 */
export const CarriedSchema = z.strictObject({
  entry: z.string(),
  sendings: Count,
  firstTurn: Count,
  lastTurn: Count,
});
export type Carried = z.infer<typeof CarriedSchema>;

/** How an action that sends ended; `open`: no end of it is in the log, and its run goes on. */
export const ENDS = ['ended', 'failed', 'interrupted', 'open'] as const;

/**
 * An action that sent something: a request of a tool, or what a command sent to one host. `title`: of the request, or of
 * the command; null where it is not in the log any more. Bytes are null where they are not known.
 */
export const SenderSchema = z.strictObject({
  action: z.string(),
  turn: Count,
  title: z.string().nullable(),
  sendings: Count,
  sent: Count.nullable(),
  received: Count.nullable(),
  end: z.enum(ENDS),
});
export type Sender = z.infer<typeof SenderSchema>;

/** What went to one destination for one purpose. */
export const PurposeSchema = z.strictObject({
  purpose: z.string(),
  /** `content`: what was sent is known file by file, or it is said where not. `bytes`: Oversign saw it pass and no more. */
  knows: z.enum(['content', 'bytes']),
  /** Requests, or connections. */
  sendings: Count,
  sent: AmountSchema,
  /** Null where what came back is counted for the run as a whole alone. */
  received: AmountSchema.nullable(),
  methods: z.array(z.string()),
  addresses: z.array(z.string()),
  proxies: z.array(z.string()),
  content: z.array(CarriedSchema),
  /** There were more than are listed. */
  hasMoreContent: z.boolean(),
  /** Sendings of which the log does not say (any more) what was in them. */
  unnamed: Count,
  senders: z.array(SenderSchema),
  moreSenders: Count,
});
export type Purpose = z.infer<typeof PurposeSchema>;

/** `machine`: a program on this machine. `editor`: the editor, whose extension sends it on. */
export const PLACES = ['machine', 'editor', 'elsewhere'] as const;

export const DestinationSchema = z.strictObject({
  /** Host, and port where it is not 443; or what the log has where that is no host. */
  destination: z.string(),
  place: z.enum(PLACES),
  purposes: z.array(PurposeSchema),
});
export type Destination = z.infer<typeof DestinationSchema>;

/** Something that was to be sent and was not: who or what said no. */
export const RefusedSchema = z.strictObject({
  action: z.string(),
  turn: Count,
  purpose: z.string(),
  /** Null where it is not in the log any more. */
  destination: z.string().nullable(),
  by: z.enum(['policy', 'person', 'nobody', 'other']),
  rule: z.string(),
});
export type Refused = z.infer<typeof RefusedSchema>;

export const ExposureSchema = z.strictObject({
  run: z.string(),
  /** What a person had asked for first; null where that is not in the log any more. */
  task: z.string().nullable(),
  folder: z.string().nullable(),
  started: z.string(),
  state: z.enum(['active', 'finished', 'stopped', 'limit', 'failed', 'interrupted']),
  /** The models that it was given to, in the log's words: each with where its prompts go. */
  models: z.array(z.strictObject({ model: z.string(), destination: z.string().nullable() })),
  destinations: z.array(DestinationSchema),
  /** Destinations beyond those that are listed, all together. */
  others: z.strictObject({ sendings: Count, sent: AmountSchema }),
  refused: z.array(RefusedSchema),
  moreRefused: Count,
  /** Bytes that answers of models brought, together; null where no end of the run is in the log. */
  answered: Count.nullable(),
  /** Commands that ran without any sandbox: what they sent nobody saw. */
  outside: Count,
  /** Of what is told here: texts that were recorded, and that are not in the log any more. */
  texts: z.strictObject({ recorded: Count, erased: Count }),
});
export type Exposure = z.infer<typeof ExposureSchema>;

/** What a receipt holds. The log: its name, and the fingerprint of the account's key that certifies who writes it. */
export const ReceiptSchema = z.strictObject({
  receipt: z.literal('oversign privacy receipt'),
  version: z.literal(1),
  log: z.strictObject({ name: z.string(), key: z.string() }),
  /** The run's first event and its last one then, whose hash stands for all that the log held up to there. */
  events: z.strictObject({ first: Count, last: Count, hash: z.string(), count: Count }),
  exposure: ExposureSchema,
});
export type Receipt = z.infer<typeof ReceiptSchema>;

/** `digest`: SHA-256 over the canonical JSON of all the rest. */
export const SealedReceiptSchema = ReceiptSchema.extend({ digest: z.string().regex(/^[0-9a-f]{64}$/) });
export type SealedReceipt = z.infer<typeof SealedReceiptSchema>;
