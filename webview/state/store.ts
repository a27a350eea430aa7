import * as z from 'zod';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { ToPanelSchema } from '../../src/shared/protocol.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import type { Host } from './host.ts';
import { nextSend } from './nextSend.ts';

/** Everything the panel draws: the extension's last snapshot, and what the person has typed but not sent. */
export interface PanelModel {
  readonly panel: PanelState | undefined;
  readonly draft: string;
  /** Reasons for denying, typed so far, by approval id. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Questions answered since the last snapshot: `questionKey` of each. */
  readonly answered: ReadonlySet<string>;
  /** Grows by one each time the task box should take the focus. */
  readonly focusTask: number;
  /** The action of the transcript that was asked for last; each asking is another object. */
  readonly shown: { readonly action: string } | undefined;
  /** The extension sent a state that this panel cannot read, so what is shown may be old. */
  readonly misunderstood: boolean;
}

export interface Store {
  readonly subscribe: (listener: () => void) => () => void;
  readonly model: () => PanelModel;
  readonly post: (message: FromPanel) => void;
  readonly setDraft: (draft: string) => void;
  readonly sendTask: () => void;
  readonly setReason: (approval: string, reason: string) => void;
  readonly answer: (approval: Approval, answer: Answer) => void;
  /** Takes a message from the extension; anything else is ignored. */
  readonly receive: (message: unknown) => void;
}

const SavedSchema = z.object({ draft: z.string(), reasons: z.array(z.tuple([z.string(), z.string()])) });
const LooksLikeStateSchema = z.looseObject({ type: z.literal('state') });

/** Names a question by what an answer binds to: an approval with a changed digest is another question. */
export function questionKey(approval: Pick<Approval, 'id' | 'digest'>): string {
  return `${approval.id} ${approval.digest}`;
}

export function createStore(host: Host): Store {
  const saved = SavedSchema.safeParse(host.getState());
  const listeners = new Set<() => void>();
  let model: PanelModel = {
    panel: undefined,
    draft: saved.success ? saved.data.draft : '',
    reasons: new Map(saved.success ? saved.data.reasons : []),
    answered: new Set(),
    focusTask: 0,
    shown: undefined,
    misunderstood: false,
  };

  function change(part: Partial<PanelModel>): void {
    model = { ...model, ...part };
    if (part.draft !== undefined || part.reasons !== undefined) {
      host.setState({ draft: model.draft, reasons: [...model.reasons] });
    }
    for (const listener of listeners) listener();
  }

  function show(panel: PanelState): void {
    const open = new Set(panel.approvals.map((approval) => approval.id));
    const reasons = [...model.reasons].filter(([approval]) => open.has(approval));
    change({
      panel,
      answered: new Set(),
      misunderstood: false,
      ...(reasons.length < model.reasons.size && { reasons: new Map(reasons) }),
    });
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    model: () => model,
    post: (message) => {
      host.postMessage(message);
    },
    setDraft: (draft) => {
      change({ draft });
    },
    sendTask: () => {
      if (model.draft.trim() === '') return;
      const next = model.panel && nextSend(model.panel);
      host.postMessage({
        type: 'send',
        text: model.draft,
        ...(next?.kind === 'continue' && { run: next.run }),
      });
      change({ draft: '' });
    },
    setReason: (approval, reason) => {
      change({ reasons: new Map(model.reasons).set(approval, reason) });
    },
    answer: (approval, answer) => {
      const key = questionKey(approval);
      if (model.answered.has(key)) return;
      host.postMessage({ type: 'answer', approval: approval.id, digest: approval.digest, answer });
      change({ answered: new Set(model.answered).add(key) });
    },
    receive: (message) => {
      const parsed = ToPanelSchema.safeParse(message);
      if (!parsed.success) {
        if (LooksLikeStateSchema.safeParse(message).success) change({ misunderstood: true });
        return;
      }
      switch (parsed.data.type) {
        case 'state':
          show(parsed.data.state);
          return;
        case 'focus-task':
          change({ focusTask: model.focusTask + 1 });
          return;
        case 'show-action':
          change({ shown: { action: parsed.data.action } });
          return;
        case 'set-task':
          change({ draft: joined(model.draft, parsed.data.text), focusTask: model.focusTask + 1 });
          return;
      }
    },
  };
}

/** Never throws away what somebody has typed: a suggested task goes below it. */
function joined(draft: string, text: string): string {
  if (draft.trim() === '' || draft === text) return text;
  return draft.endsWith(`\n\n${text}`) ? draft : `${draft}\n\n${text}`;
}
