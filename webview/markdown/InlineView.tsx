import { Fragment, type ReactNode } from 'react';
import { exact } from '../../src/shared/visible.ts';
import { FileMention } from './Follow.tsx';
import { plainOf } from './inlineNodes.ts';
import { LinkView } from './LinkView.tsx';
import { mentionOf, mentionsIn } from './mentions.ts';
import type { Inline } from './node.ts';
import { shownWords } from './shownWords.ts';

interface Around {
  /** More words may come. */
  readonly isGrowing: boolean;
  /** Inside a link nothing else is to be followed. */
  readonly inLink?: boolean;
}

/** What stands in a line, as elements. */
export function InlineView({ nodes, ...around }: Around & { readonly nodes: readonly Inline[] }): ReactNode {
  return nodes.map((node, index) => <Fragment key={index}>{drawn(node, around)}</Fragment>);
}

function drawn(node: Inline, around: Around): ReactNode {
  switch (node.kind) {
    case 'text':
      return around.inLink === true ? shownWords(node.text) : mentioned(node.text, around);
    case 'code': {
      const place = around.inLink === true ? undefined : mentionOf(node.text);
      const code = <code className="md-code">{exact(node.text)}</code>;
      return place ? (
        <FileMention place={place} isGrowing={around.isGrowing}>
          {code}
        </FileMention>
      ) : (
        code
      );
    }
    case 'strong':
      return (
        <strong>
          <InlineView nodes={node.children} {...around} />
        </strong>
      );
    case 'emphasis':
      return (
        <em>
          <InlineView nodes={node.children} {...around} />
        </em>
      );
    case 'struck':
      return (
        <del>
          <InlineView nodes={node.children} {...around} />
        </del>
      );
    case 'link':
      return (
        <LinkView href={node.href} words={plainOf(node.children)} isGrowing={around.isGrowing}>
          <InlineView nodes={node.children} {...around} inLink />
        </LinkView>
      );
    case 'image':
      // In a link it is the link's words: a link inside a link would be two places to go to at one spot.
      if (around.inLink === true) return shownWords(node.alt);
      return (
        <>
          Image:{' '}
          <LinkView href={node.href} words={node.alt} isGrowing={around.isGrowing}>
            {shownWords(node.alt)}
          </LinkView>
        </>
      );
    case 'break':
      return <br />;
  }
}

function mentioned(text: string, { isGrowing }: Around): ReactNode {
  return mentionsIn(text).map(({ text: words, place }, index) =>
    place ? (
      <FileMention key={index} place={place} isGrowing={isGrowing}>
        {shownWords(words)}
      </FileMention>
    ) : (
      shownWords(words)
    ),
  );
}
