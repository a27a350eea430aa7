import type { HttpRequest } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { bytesWords } from '../../../shared/bytesWords.ts';
import type { Block, Words } from '../../../shared/block.ts';
import { secretsIn } from '../../secrets/namedSecret.ts';
import { hostFacts } from './hostFacts.ts';

/** Everything that will be sent, and where to. */
export function requestCard(request: HttpRequest): Card {
  const { method, url, headers, body = '', secrets } = request;
  const lines = [`${method} ${url}`, ...headers];
  const blocks: Block[] = [
    ...(secrets > 0
      ? [{ kind: 'alarm' as const, name: 'secret', words: ['It would send what looks like a secret.'] }]
      : []),
    ...(url.startsWith('https:') ? [] : [warning('Not encrypted: whoever carries it can read and change it.')]),
    { kind: 'exact', label: 'Request', text: lines.join('\n') },
    ...(body === '' ? [] : [{ kind: 'exact' as const, label: 'Body', text: body }]),
    {
      kind: 'facts',
      small: true,
      facts: [
        ...hostFacts(request),
        ...secretFacts(request),
        { label: 'Size', value: [`${bytesWords(new TextEncoder().encode(body).length)} of body`] },
        { label: 'Reply', value: ['goes to the model, as untrusted content; a redirect is not followed'] },
      ],
    },
  ];
  return { kind: 'request', blocks };
}

function secretFacts({ headers, host }: HttpRequest): { label: string; value: Words }[] {
  const names = secretsIn(headers);
  if (names.length === 0) return [];
  const value = ['put in when it leaves, for ', { exact: host }, ' alone: ', { exact: names.join(', ') }];
  return [{ label: 'Secret', value }];
}

function warning(words: string): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words: [words] };
}
