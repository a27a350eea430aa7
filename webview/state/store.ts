import * as z from 'zod';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { withNews, type HeldEntries } from '../../src/shared/entryNews.ts';
import type { TextOf } from '../../src/shared/longText.ts';
import { titleOf } from '../../src/shared/cut.ts';
import { MOST_IMAGES, ToPanelSchema } from '../../src/shared/protocol.ts';
import type { FromPanel, PanelUpdate } from '../../src/shared/protocol.ts';
import type { Reply } from '../../src/shared/question.ts';
import type { Entry, MessagePoint, PanelHead, PanelState, RunView } from '../../src/shared/runView.ts';
import type { Host } from './host.ts';
import { MOST_TASK } from '../../src/shared/typed.ts';
import { createFileKnowledge, type FileKnowledge } from './fileKnowledge.ts';
import type { PastedImage } from './pasting.ts';
import { textKey, withPart, type ReadText } from './longTexts.ts';
import { withReference } from './reference.ts';
import type { Spared } from '../../src/shared/spared.ts';
import { createKeeper, keptIn, type Typed } from './kept.ts';
import { nextSend } from './nextSend.ts';
import { underWay } from './sentences.ts';
import { createSendings } from './sendings.ts';

/** Everything the panel draws: what the extension told last, and what the person has typed but not sent. */
export interface PanelModel extends Typed {
  readonly panel: PanelState | undefined;
  /** What was made of texts before they are approved, by the action that they are of. */
  readonly edits: ReadonlyMap<string, string>;
  /** What remembering answers would have spared, as far as that was asked for: by `questionKey`. */
  readonly spared: ReadonlyMap<string, Spared>;
  /** Questions answered since the extension said last how they stand: `questionKey` of each. */
  readonly answered: ReadonlySet<string>;
  /** Grows by one each time the task box should take the focus. */
  readonly focusTask: number;
  /** Where the caret goes in the task box, after something was put into it. */
  readonly caret: number | undefined;
  /** Grows by one each time the waiting question should take the focus. */
  readonly focusQuestion: number;
  /** The action of the transcript that was asked for last; each asking is another object. */
  readonly shown: { readonly action: string } | undefined;
  /** What was read of the long texts of the run. */
  readonly texts: ReadonlyMap<string, ReadText>;
  /** The extension sent something that this panel cannot read, so what is shown may be old. */
  readonly misunderstood: boolean;
}

export interface Store {
  readonly subscribe: (listener: () => void) => () => void;
  readonly model: () => PanelModel;
  readonly post: (message: FromPanel) => void;
  /** Which of the paths that words name are files. */
  readonly files: FileKnowledge;
  readonly setDraft: (draft: string) => void;
  readonly sendTask: () => void;
  readonly setImages: (images: readonly PastedImage[]) => void;
  /** The next message begins a new run, from before this one, whose text is there to be changed. */
  readonly beginFork: (point: MessagePoint, text: string) => void;
  readonly leaveFork: () => void;
  readonly focusTask: () => void;
  /** Lets the person choose what the task speaks of; it goes in at the caret. `typed`: an `@` was typed for it. */
  readonly pickReference: (caret: number, typed: boolean) => void;
  /** Asks for more of a long text of the run. */
  readonly readText: (of: TextOf) => void;
  readonly setReason: (approval: string, reason: string) => void;
  /** What a person makes of the text of an action that waits; undefined: nothing any more. */
  readonly setEdit: (action: string, text: string | undefined) => void;
  readonly answer: (approval: Approval, answer: Answer) => void;
  readonly reply: (question: string, reply: Reply) => void;
  /** Takes a message from the extension; anything else is ignored. */
  readonly receive: (message: unknown) => void;
}

const LooksLikeUpdateSchema = z.looseObject({ type: z.literal('update'), number: z.number() });

const UNREAD: Entry = { kind: 'notice', level: 'error', text: 'This panel could not read this entry.' };

/** Names a question by what an answer binds to: an approval with a changed digest is another question. */
export function questionKey(approval: Pick<Approval, 'id' | 'digest'>): string {
  return `${approval.id} ${approval.digest}`;
}

export function createStore(host: Host): Store {
  const post = (message: FromPanel): void => {
    host.postMessage(message);
  };
  const files = createFileKnowledge(post);
  const keep = createKeeper(host);
  const sendings = createSendings();
  const listeners = new Set<() => void>();
  let head: PanelHead | undefined;
  let held: HeldEntries | undefined;
  let model: PanelModel = {
    panel: undefined,
    ...keptIn(host),
    edits: new Map(),
    spared: new Map(),
    answered: new Set(),
    focusTask: 0,
    caret: undefined,
    focusQuestion: 0,
    shown: undefined,
    texts: new Map(),
    misunderstood: false,
  };

  function change(part: Partial<PanelModel>): void {
    model = { ...model, ...part };
    if (['draft', 'images', 'fork', 'reasons'].some((key) => key in part)) keep(model);
    for (const listener of listeners) listener();
  }

  function take({ begins, head: newHead, entries: news }: PanelUpdate): void {
    if (begins) held = undefined;
    const after = news && withNews(held, news);
    held = after?.held ?? held;
    head = newHead ?? head;
    const isOtherRun = newHead !== undefined && newHead.run?.id !== model.panel?.run?.id;
    change({
      ...(isOtherRun && { texts: new Map(), edits: new Map(), spared: new Map() }),
      // What is sent then is for the run that is there.
      ...(model.fork && ((isOtherRun && model.panel) || underWay(newHead?.run)) && { fork: undefined }),
      ...(head && { panel: whole(head, held, model.panel, news !== undefined) }),
      ...(newHead && settled(newHead)),
      misunderstood: after?.fits === false || (model.misunderstood && !begins),
    });
  }

  /** What was answered, and the reasons typed, count for the questions that are open now. */
  function settled({ approvals, questions = [] }: PanelHead): Partial<PanelModel> {
    const open = new Set([...approvals, ...questions].map(({ id }) => id));
    const reasons = [...model.reasons].filter(([approval]) => open.has(approval));
    return { answered: new Set(), ...(reasons.length < model.reasons.size && { reasons: new Map(reasons) }) };
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    model: () => model,
    post,
    files,
    setDraft: (draft) => {
      change({ draft });
    },
    sendTask: () => {
      if (model.draft.trim() === '' || model.draft.length > MOST_TASK) return; // or it would be gone
      const next = model.panel && nextSend(model.panel, model.fork);
      host.postMessage({
        type: 'send',
        text: model.draft,
        ...(model.images.length > 0 && { images: model.images.map(({ base64 }) => base64) }),
        ...(next?.kind === 'continue' && { run: next.run }),
        ...(next?.kind === 'fork' && { fork: next.point }),
        sending: sendings.begin(model),
      });
      change({ draft: '', images: [], fork: undefined });
    },
    setImages: (images) => {
      change({ images });
    },
    beginFork: ({ run, message }, text) => {
      const words = titleOf(text, 60);
      change({ fork: { run, message, words }, draft: joined(model.draft, text), focusTask: model.focusTask + 1 });
    },
    leaveFork: () => {
      change({ fork: undefined });
    },
    focusTask: () => {
      change({ focusTask: model.focusTask + 1 });
    },
    pickReference: (caret, typed) => {
      host.postMessage({ type: 'pick-reference', at: caret, typed });
    },
    readText: (of) => {
      const run = model.panel?.run?.id;
      if (run === undefined) return;
      host.postMessage({ type: 'read-text', run, of, from: model.texts.get(textKey(of))?.text.length ?? 0 });
    },
    setReason: (approval, reason) => {
      change({ reasons: new Map(model.reasons).set(approval, reason) });
    },
    setEdit: (action, text) => {
      const edits = new Map(model.edits);
      if (text === undefined) edits.delete(action);
      else edits.set(action, text);
      change({ edits });
    },
    answer: (approval, answer) => {
      const key = questionKey(approval);
      if (model.answered.has(key)) return;
      host.postMessage({ type: 'answer', approval: approval.id, digest: approval.digest, answer });
      change({ answered: new Set(model.answered).add(key) });
    },
    reply: (question, reply) => {
      if (model.answered.has(question)) return;
      host.postMessage({ type: 'reply', question, reply });
      change({ answered: new Set(model.answered).add(question) });
    },
    receive: (message) => {
      const parsed = ToPanelSchema.safeParse(message);
      if (!parsed.success) {
        const unread = LooksLikeUpdateSchema.safeParse(message);
        if (!unread.success) return;
        change({ misunderstood: true });
        // Or nothing more would be said to it.
        host.postMessage({ type: 'taken', number: unread.data.number });
        return;
      }
      switch (parsed.data.type) {
        case 'update':
          take(parsed.data);
          host.postMessage({ type: 'taken', number: parsed.data.number });
          return;
        case 'text':
          if (parsed.data.run === model.panel?.run?.id) change({ texts: withPart(model.texts, parsed.data) });
          return;
        case 'spared':
          change({
            spared: new Map(model.spared).set(
              questionKey({ ...parsed.data, id: parsed.data.approval }),
              parsed.data.spared,
            ),
          });
          return;
        case 'files':
          files.learn(parsed.data);
          return;
        case 'focus-task':
          change({ focusTask: model.focusTask + 1 });
          return;
        case 'reference':
          change({ ...withReference(model.draft, parsed.data), focusTask: model.focusTask + 1 });
          return;
        case 'focus-question':
          change({ focusQuestion: model.focusQuestion + 1 });
          return;
        case 'show-action':
          change({ shown: { action: parsed.data.action } });
          return;
        case 'unsent': {
          const { text, sending } = parsed.data;
          const { images = [], fork } = sendings.back(sending) ?? {};
          change({
            draft: joined(model.draft, text),
            images: [...model.images, ...images].slice(0, MOST_IMAGES),
            fork: model.fork ?? fork,
            focusTask: model.focusTask + 1,
          });
          return;
        }
        case 'set-task':
          change({ draft: joined(model.draft, parsed.data.text), focusTask: model.focusTask + 1 });
          return;
      }
    },
  };
}

/** Head and transcript as one state; with no news of it, the list of entries stays the same one. */
function whole(
  { run, ...head }: PanelHead,
  held: HeldEntries | undefined,
  shown: PanelState | undefined,
  isNews: boolean,
): PanelState {
  if (!run) return head;
  if (!isNews && shown?.run?.id === run.id) {
    const { entries, entriesBefore } = shown.run;
    return { ...head, run: { ...run, entries, entriesBefore } };
  }
  return { ...head, run: { ...run, ...(held?.run === run.id ? listed(held) : { entries: [], entriesBefore: 0 }) } };
}

function listed({ before, byNumber }: HeldEntries): Pick<RunView, 'entries' | 'entriesBefore'> {
  const length = Math.max(before - 1, ...byNumber.keys()) + 1 - before;
  return {
    entriesBefore: before,
    entries: Array.from({ length }, (_, index) => byNumber.get(before + index) ?? UNREAD),
  };
}

/** Never throws away what somebody has typed: a suggested task goes below it. */
function joined(draft: string, text: string): string {
  if (draft.trim() === '' || draft === text) return text;
  return draft.endsWith(`\n\n${text}`) ? draft : `${draft}\n\n${text}`;
}
