import type { Amount, Carried, Destination, Exposure, Purpose, Refused, Sender } from '../../shared/exposure.ts';
import { bytesWords } from '../../shared/bytesWords.ts';
import { counted } from '../../shared/named.ts';
import { PURPOSE_NAMES } from '../egress/ledger.ts';

// What is said of what has left, in sentences: the same in the receipt, in the terminal and in the editor's tree.

const KINDS: Readonly<Record<string, { title: string; one: string }>> = {
  [PURPOSE_NAMES.model]: { title: 'prompts to a model', one: 'request' },
  [PURPOSE_NAMES.models]: { title: 'asking which models there are', one: 'request' },
  [PURPOSE_NAMES.telemetry]: { title: 'export of the audit log', one: 'request' },
  [PURPOSE_NAMES.request]: { title: 'requests of the agent', one: 'request' },
  [PURPOSE_NAMES.connection]: { title: 'connections of commands', one: 'connection' },
  [PURPOSE_NAMES.page]: { title: 'web pages', one: 'request' },
  [PURPOSE_NAMES.database]: { title: 'statements to databases', one: 'statement' },
};

export function purposeTitle(purpose: string): string {
  return KINDS[purpose]?.title ?? purpose;
}

/** "12.3 KiB (12595 bytes)", "at least 0 bytes". */
export function amountWords({ bytes, isLeast }: Amount): string {
  const words = bytes < 1024 ? bytesWords(bytes) : `${bytesWords(bytes)} (${bytes} bytes)`;
  return isLeast ? `at least ${words}` : words;
}

export function bytesOrUnknown(bytes: number | null): string {
  return bytes === null ? 'not known' : amountWords({ bytes, isLeast: false });
}

/** "1.2 KiB in 3 requests". */
export function sentWords({ purpose, sent, sendings }: Purpose): string {
  return `${amountWords(sent)} in ${counted(sendings, KINDS[purpose]?.one ?? 'sending')}`;
}

export function receivedWords({ received }: Purpose): string {
  return received === null ? 'counted for the run as a whole' : amountWords(received);
}

/** In which of them a file was: "in 3 requests, turns 2 to 4". */
export function carriedWords({ sendings, firstTurn, lastTurn }: Carried, purpose: string): string {
  const times = `in ${counted(sendings, KINDS[purpose]?.one ?? 'sending')}`;
  if (lastTurn === 0) return times;
  return firstTurn === lastTurn ? `${times}, turn ${firstTurn}` : `${times}, turns ${firstTurn} to ${lastTurn}`;
}

const ENDED: Record<Sender['end'], string> = {
  ended: '',
  failed: ', failed',
  interrupted: ', broken off: its end is not in the log',
  open: ', goes on',
};

export function senderWords({ turn, sendings, sent, received, end }: Sender, { knows }: Purpose): string {
  const times = knows === 'bytes' ? `, ${counted(sendings, 'connection')}` : '';
  return `turn ${turn}${times}, sent ${bytesOrUnknown(sent)}, came back ${bytesOrUnknown(received)}${ENDED[end]}`;
}

/** What is to be known of where it went; undefined where there is nothing. */
export function placeWords({ place }: Destination): string | undefined {
  switch (place) {
    case 'machine':
      return 'This is a program on your machine. What it forwards is its own affair.';
    case 'editor':
      return 'The editor takes it. Where its extension sends it is its own affair.';
    case 'elsewhere':
      return undefined;
  }
}

/** What is not known of what went there. */
export function unknownWords({ purpose, knows, unnamed, sendings, hasMoreContent }: Purpose): string[] {
  const words: string[] = [];
  if (knows === 'bytes')
    words.push('What went there cannot be known. It could be anything that the command could read.');
  else if (purpose === PURPOSE_NAMES.request)
    words.push('Its words are the agent’s, and stand in the log. From which files they are, nobody knows.');
  if (unnamed > 0)
    words.push(`Of ${unnamed} of ${sendings} the log does not say, or no longer, which files were in them.`);
  if (hasMoreContent) words.push('There were more files than are listed.');
  return words;
}

/** What a person should know before anything else. */
export function alarmWords({ outside }: Exposure): string | undefined {
  if (outside === 0) return undefined;
  return `${outside === 1 ? '1 command' : `${outside} commands`} ran outside the sandbox. What they sent, and where, nobody saw.`;
}

/** The whole in one sentence. */
export function summaryWords({ destinations, others, outside }: Exposure): string {
  if (destinations.length === 0 && others.sendings === 0)
    return outside === 0 ? 'Nothing was sent anywhere by this run.' : 'Oversign itself sent nothing for this run.';
  const away = destinations.filter(({ place }) => place === 'elsewhere').length;
  const near = destinations.length - away;
  const parts = [
    ...(away > 0 ? [`${counted(away, 'destination')} elsewhere`] : []),
    ...(near > 0 ? [`${counted(near, 'destination')} on this machine`] : []),
  ];
  return `Something was sent to ${parts.join(' and ')}${others.sendings > 0 ? ', and to more that are not listed' : ''}.`;
}

/** How whole this is, and what its numbers mean. */
export function limitsWords({ state, texts, answered, destinations, others }: Exposure): string[] {
  const isShared = destinations.some(({ purposes }) => purposes.some(({ received }) => received === null));
  return [
    ...(state === 'active' ? ['The run goes on: this is what has left so far.'] : []),
    ...(state === 'interrupted'
      ? ['The run was interrupted. What had begun and has no end in the log counts as "at least".']
      : []),
    ...(others.sendings > 0
      ? [`${others.sendings} sendings went to destinations that are not listed: ${amountWords(others.sent)}.`]
      : []),
    ...(answered === null || !isShared ? [] : [`Answers of models brought ${bytesWords(answered)}.`]),
    ...(texts.erased > 0
      ? [
          `${texts.erased} of ${texts.recorded} texts were erased from the log. Names of files and commands are missing here.`,
        ]
      : []),
    'Bytes of requests are those of their bodies, counted before they went: without headers and encryption.',
    'Bytes of commands are what passed through Oversign to that host, encrypted or not.',
  ];
}

const REFUSED_BY: Record<Refused['by'], string> = {
  policy: 'denied by the policy',
  person: 'denied by you',
  nobody: 'not approved by anybody',
  other: 'did not come about',
};

export function refusedWords({ by, rule, turn }: Refused): string {
  return `turn ${turn}, ${REFUSED_BY[by]}${by === 'person' || by === 'nobody' || rule === '' ? '' : ` (${rule})`}`;
}
