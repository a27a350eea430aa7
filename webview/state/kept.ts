import * as z from 'zod';
import { ForkPointSchema, type MessagePoint } from '../../src/shared/runView.ts';
import type { Host } from './host.ts';
import type { PastedImage } from './pasting.ts';

/** Characters of images that the editor keeps with a draft: it stores them in a file of its own. */
export const MOST_KEPT = 2_000_000;
/** A draft with images is written when somebody pauses. */
const PAUSE_MS = 400;

const KeptSchema = z.object({
  draft: z.string(),
  reasons: z.array(z.tuple([z.string(), z.string()])),
  images: z.array(z.strictObject({ name: z.string(), base64: z.string() })).default([]),
  fork: z.strictObject({ ...ForkPointSchema.shape, words: z.string() }).optional(),
});

/** What was typed and is not sent yet. */
export interface Typed {
  readonly draft: string;
  /** Images that go with it. */
  readonly images: readonly PastedImage[];
  /** It begins a new run, from before that message; `words` are how that one begins. */
  readonly fork: (MessagePoint & { readonly words: string }) | undefined;
  /** Reasons for denying, and answers, typed so far, by the id of what asks. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** What was typed and not sent when the page went; nothing where that cannot be read. */
export function keptIn(host: Host): Typed {
  const { data } = KeptSchema.safeParse(host.getState());
  const { draft = '', images = [], reasons = [], fork } = data ?? {};
  return { draft, images, reasons: new Map(reasons), fork };
}

/** Whether images are kept with a draft, or are gone with the page. */
export function areKept(images: Typed['images']): boolean {
  return images.reduce((all, { base64 }) => all + base64.length, 0) <= MOST_KEPT;
}

/** Keeps what is typed over a hidden panel and a reloaded window: text at once, images too where they are not too much. */
export function createKeeper(host: Host): (kept: Typed) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return ({ draft, images, reasons, fork }) => {
    clearTimeout(timer);
    const write = (): void => {
      host.setState({
        ...{ draft, reasons: [...reasons], ...(fork && { fork }) },
        ...(images.length > 0 && areKept(images) && { images }),
      });
    };
    if (images.length === 0) write();
    else timer = setTimeout(write, PAUSE_MS);
  };
}
