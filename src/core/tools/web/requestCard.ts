import type { HttpRequest } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { bytesWords } from '../../../shared/bytesWords.ts';
import type { Block } from '../../../shared/block.ts';
import { hostOf } from '../../egress/hostName.ts';

/** Everything that will be sent, and where to. */
export function requestCard(request: HttpRequest): Card {
  const { method, url, headers, body = '', secrets, host, port } = request;
  const { address } = hostOf(host) ?? {};
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
        { label: 'Host', value: [{ exact: host }, `, port ${port}`] },
        {
          label: 'Address',
          value:
            address === undefined
              ? ['looked up when you approve, and only dialled where it is public or your policy names it']
              : [{ exact: address }],
          hint: 'Looking a name up tells its owner about it.',
        },
        { label: 'Size', value: [`${bytesWords(new TextEncoder().encode(body).length)} of body`] },
        { label: 'Reply', value: ['goes to the model, as untrusted content; a redirect is not followed'] },
      ],
    },
  ];
  return { kind: 'request', blocks };
}

function warning(words: string): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words: [words] };
}
